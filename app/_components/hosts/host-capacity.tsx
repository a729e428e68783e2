import { formatBytes } from '@/lib/contract/units.ts'
import type { HostResource } from '@/lib/hosts/resource.ts'
import { Meter } from '../../_ui/meter.tsx'

/** Memory promised to VEs against what there is; disk that is taken, and behind it what has been promised. */
export function HostCapacity({ host }: { host: HostResource }) {
  const { memoryBytes, memoryPromisedBytes, diskBytes, diskFreeBytes, diskPromisedBytes } = host
  if (memoryBytes === null) return <p className="text-content-muted">Known once the host is enrolled.</p>
  const diskUsed =
    diskBytes === null || diskFreeBytes === null ? null : Math.max(0, diskBytes - diskFreeBytes)
  return (
    <div className="grid gap-4">
      <Meter
        label="Memory promised"
        value={memoryPromisedBytes}
        max={memoryBytes}
        text={`${formatBytes(memoryPromisedBytes)} of ${formatBytes(memoryBytes)}`}
      />
      {diskBytes === null || diskUsed === null ? null : (
        <Meter
          label="Disk used"
          value={diskUsed}
          max={diskBytes}
          promised={diskPromisedBytes}
          text={`${formatBytes(diskUsed)} of ${formatBytes(diskBytes)}, ${formatBytes(diskPromisedBytes)} promised`}
        />
      )}
    </div>
  )
}
