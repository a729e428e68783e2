import { formatBytes, formatCount } from '@/lib/contract/units.ts'
import type { VeResource } from '@/lib/ves/resource.ts'
import { formatDuration } from '../../_ui/format-time.ts'
import { Meter } from '../../_ui/meter.tsx'

const ofLimit = (used: number, limit: number, text: (amount: number) => string) =>
  `${text(used)} of ${text(limit)}`
/** What its host's agent saw it use last, against its limits. */
export function VeUsage({ ve: { observed, limits } }: { ve: VeResource }) {
  if (observed === null) return <p className="text-content-muted">Its host has not reported on it yet.</p>
  const { memoryBytes, diskUsedBytes, processes, cpuMicroseconds } = observed
  return (
    <div className="grid gap-4">
      {memoryBytes === null ? null : (
        <Meter
          label="Memory"
          value={memoryBytes}
          max={limits.memoryBytes}
          text={ofLimit(memoryBytes, limits.memoryBytes, formatBytes)}
        />
      )}
      {diskUsedBytes === null ? null : (
        <Meter
          label="Disk"
          value={diskUsedBytes}
          max={limits.diskBytes}
          text={ofLimit(diskUsedBytes, limits.diskBytes, formatBytes)}
        />
      )}
      {processes === null ? null : (
        <Meter
          label="Processes"
          value={processes}
          max={limits.processes}
          text={ofLimit(processes, limits.processes, formatCount)}
        />
      )}
      {cpuMicroseconds === null ? null : (
        <p className="flex justify-between text-sm">
          <span className="text-content-muted">CPU time since it was started</span>
          <span>{formatDuration(cpuMicroseconds / 1000)}</span>
        </p>
      )}
      {observed.state === 'running' ? null : (
        <p className="text-content-muted text-sm">It is not running: it uses no memory and no CPU.</p>
      )}
    </div>
  )
}
