import { formatBytes } from '@/lib/contract/units.ts'
import type { Destination } from '@/lib/moves/queries.ts'
import { MoveCheckButton } from './move-check-button.tsx'

type MoveDestinationsProps = {
  veId: string
  hosts: readonly Destination[]
  chosenId: string | null
  disabledReason: string | null
}

/** The hosts it could go to with what they have free, and why it cannot go to the others. */
export function MoveDestinations({ veId, hosts, chosenId, disabledReason }: MoveDestinationsProps) {
  return (
    <ul aria-label="Hosts">
      {hosts.map((host) => (
        <li
          key={host.id}
          aria-current={host.id === chosenId ? 'true' : undefined}
          className="flex flex-wrap items-center justify-between gap-3 border-line border-b px-4 py-3 last:border-b-0 aria-[current=true]:bg-surface-selected"
        >
          <div className="wrap-long min-w-0 flex-1 basis-60">
            <p className={host.reasons.length > 0 ? 'font-medium text-content-muted' : 'font-medium'}>
              {host.name}
            </p>
            <p className="text-content-muted text-sm">
              {`Free: ${free(host.memoryFreeBytes)} of memory, ${free(host.diskFreeBytes)} of disk`}
            </p>
            {host.together > 0 ? (
              <p className="text-caution text-sm">
                {host.together === 1
                  ? 'A VE of its spread group is there.'
                  : `${host.together} VEs of its spread group are there.`}
              </p>
            ) : null}
            {host.reasons.map((reason) => (
              <p key={reason} className="mt-1 text-sm">
                {reason}
              </p>
            ))}
          </div>
          <MoveCheckButton
            veId={veId}
            host={{ id: host.id, name: host.name }}
            chosen={host.id === chosenId}
            disabledReason={disabledReason ?? (host.reasons.length > 0 ? 'It cannot go there.' : null)}
          />
        </li>
      ))}
    </ul>
  )
}

const free = (bytes: number | null) => (bytes === null ? 'not known' : formatBytes(bytes))
