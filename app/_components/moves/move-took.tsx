import { formatBytes } from '@/lib/contract/units.ts'
import type { MoveResult } from '@/lib/moves/resource.ts'
import { Facts } from '../../_ui/facts.tsx'
import { formatDuration } from '../../_ui/format-time.ts'

const PART = {
  stand: 'Brought to a stand',
  dump: 'Memory written down',
  disk: 'Last of the disk',
  images: 'Memory sent',
  handover: 'Handed over by the panel',
  restore: 'Brought back',
} as const satisfies Record<keyof MoveResult['parts'], string>

/** What a move took: the time it stood still in parts, beside what was predicted. */
export function MoveTook({ result }: { result: MoveResult }) {
  const { kind, from, to, passes, bytes, freezeMilliseconds, predictedMilliseconds, parts, cleared } = result
  const sent = passes.reduce((sum, pass) => sum + pass.bytes, 0)
  const names = Object.keys(PART) as (keyof MoveResult['parts'])[]
  return (
    <div className="grid gap-4">
      <Facts
        items={[
          ['From', from.name],
          ['To', to.name],
          [
            'Sent before',
            `${formatBytes(sent)} in ${passes.length} ${passes.length === 1 ? 'pass' : 'passes'}`,
          ],
          ['Sent at the end', formatBytes(bytes)],
          ...(kind === 'live'
            ? ([
                ['Stood still for', formatDuration(freezeMilliseconds ?? 0)],
                [
                  'Predicted',
                  predictedMilliseconds === null
                    ? 'not known before the first move between these hosts'
                    : formatDuration(predictedMilliseconds),
                ],
                ...names.map((name) => [`— ${PART[name]}`, formatDuration(parts[name])] as const),
              ] as const)
            : []),
        ]}
      />
      {cleared ? null : (
        <p className="text-content-muted">{`${from.name} did not answer then: it clears up once it does, and cannot start the VE.`}</p>
      )}
    </div>
  )
}
