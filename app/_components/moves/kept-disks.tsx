import type { KeptDisk } from '@/lib/moves/resource.ts'
import { Section } from '../../_ui/section.tsx'
import { Moment } from '../moment.tsx'
import { KeptDiskRemove } from './kept-disk-remove.tsx'

/** Nothing where there is none. */
export function KeptDisks({ veName, disks }: { veName: string; disks: readonly KeptDisk[] }) {
  if (disks.length === 0) return null
  return (
    <Section title="Kept on hosts that it left">
      <ul className="grid gap-2">
        {disks.map((disk) => (
          <li key={disk.id} className="flex flex-wrap items-center justify-between gap-3">
            <span className="wrap-long">
              Its disk on {disk.host.name}, as it was <Moment at={disk.keptAt} />
              <span className="block text-content-muted text-sm">{stateOf(disk)}</span>
            </span>
            <KeptDiskRemove
              id={disk.id}
              hostName={disk.host.name}
              veName={veName}
              disabledReason={disk.removing ? 'It is being removed.' : null}
            />
          </li>
        ))}
      </ul>
    </Section>
  )
}

function stateOf({ removing, hostAnswers, host }: KeptDisk): string {
  if (!removing)
    return `It takes its space there, cannot be started, and keeps the VE from moving back to ${host.name}.`
  return hostAnswers ? 'It is being removed.' : `It is removed once ${host.name} answers.`
}
