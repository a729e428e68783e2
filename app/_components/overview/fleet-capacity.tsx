import { formatBytes } from '@/lib/contract/units.ts'
import type { FleetOverview } from '@/lib/overview/queries.ts'
import { Meter } from '../../_ui/meter.tsx'
import { Section } from '../../_ui/section.tsx'

const of = (part: number, whole: number) => `${formatBytes(part)} of ${formatBytes(whole)}`

/** What the fleet has, and how much of it has been promised. */
export function FleetCapacity({ overview: { memory, disk, cpus } }: { overview: FleetOverview }) {
  return (
    <Section title="Capacity" aside={cpus > 0 ? `${cpus} CPUs` : null} className="self-stretch">
      {memory.total === 0 ? (
        <p className="text-content-muted">Known once a host is enrolled.</p>
      ) : (
        <div className="grid gap-4">
          <Meter
            label="Memory promised"
            value={memory.promised}
            max={memory.total}
            text={of(memory.promised, memory.total)}
          />
          <Meter label="Disk used" value={disk.used} max={disk.total} text={of(disk.used, disk.total)} />
          <Meter
            label="Disk promised"
            value={disk.promised}
            max={disk.total}
            text={of(disk.promised, disk.total)}
          />
        </div>
      )}
    </Section>
  )
}
