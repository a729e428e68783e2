import { MOVE_KIND, MOVE_KINDS } from '@/lib/contract/moves.ts'
import { formatBytes } from '@/lib/contract/units.ts'
import type { MoveCheck } from '@/lib/moves/resource.ts'
import { Facts } from '../../_ui/facts.tsx'
import { formatDuration } from '../../_ui/format-time.ts'

/** What a check found: how large it is, how long it would stand still, and what stands in the way of each kind of move. */
export function MoveObstacles({ check }: { check: MoveCheck }) {
  const { before, obstacles, possible, memoryBytes, diskBytes, predictedMilliseconds } = check
  // Those that are of no use to a VE in this state are not worth a word.
  const kinds = MOVE_KINDS.filter((kind) => (before === 'running' ? kind !== 'cold' : kind === 'cold'))
  return (
    <div className="grid gap-4">
      <Facts
        items={[
          ['Disk to send', formatBytes(diskBytes)],
          ...(before === 'running'
            ? ([
                ['Memory to send', formatBytes(memoryBytes)],
                ['It would stand still for', predicted(predictedMilliseconds)],
              ] as const)
            : []),
        ]}
      />
      <ul aria-label="Ways to move it" className="grid gap-3">
        {kinds.map((kind) => (
          <li key={kind}>
            <p className="font-medium">
              {`${MOVE_KIND[kind].label}: `}
              <span className={possible.includes(kind) ? 'text-positive' : 'text-danger'}>
                {possible.includes(kind) ? 'possible' : 'not possible'}
              </span>
            </p>
            <ul className="list-disc pl-5">
              {obstacles
                .filter((each) => each.kinds.includes(kind))
                .map(({ text, remedy }) => (
                  <li key={text} className="wrap-long">
                    {text} {remedy ? <span className="text-content-muted">{remedy}</span> : null}
                  </li>
                ))}
            </ul>
          </li>
        ))}
      </ul>
    </div>
  )
}

const predicted = (milliseconds: number | null) =>
  milliseconds === null
    ? 'not known: no VE has moved live between these hosts yet'
    : `about ${formatDuration(milliseconds)}, as the last one between these hosts`
