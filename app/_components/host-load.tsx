import { formatBytes } from '@/lib/contract/units.ts'
import type { HostResource } from '@/lib/hosts/resource.ts'
import { Meter } from '../_ui/meter.tsx'

/** Memory promised to VEs against what there is. */
export function HostMemoryMeter({ host }: { host: HostResource }) {
  if (host.memoryBytes === null) return <span className="text-content-faint">unknown</span>
  return (
    <Meter
      label="Memory promised"
      value={host.memoryPromisedBytes}
      max={host.memoryBytes}
      text={`${formatBytes(host.memoryPromisedBytes)} of ${formatBytes(host.memoryBytes)}`}
    />
  )
}

/** Disk that is taken; behind it what has been promised. */
export function HostDiskMeter({ host }: { host: HostResource }) {
  if (host.diskBytes === null || host.diskFreeBytes === null)
    return <span className="text-content-faint">unknown</span>
  const used = Math.max(0, host.diskBytes - host.diskFreeBytes)
  return (
    <Meter
      label="Disk used"
      value={used}
      max={host.diskBytes}
      promised={host.diskPromisedBytes}
      text={`${formatBytes(used)} of ${formatBytes(host.diskBytes)}, ${formatBytes(host.diskPromisedBytes)} promised`}
    />
  )
}
