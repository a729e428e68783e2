import Link from 'next/link'
import type { Viewer } from '@/lib/auth/viewer.ts'
import { paths } from '@/lib/paths.ts'
import type { RollOutProgress } from '@/lib/plans/roll-out-progress.ts'
import type { Stage } from '@/lib/plans/stages.ts'
import { Meter } from '../../_ui/meter.tsx'
import { Section } from '../../_ui/section.tsx'
import { linkClass } from '../../_ui/text-link.ts'
import { OperationActions } from '../operations/operation-actions.tsx'
import { operationActions } from '../operations/operation-allowed.ts'
import { OperationStatusBadge } from '../operations/operation-status.tsx'
import { ProblemCard } from '../problem-card.tsx'

const STAGE: Record<Stage, string> = { first: 'The first VE', tenth: 'A tenth', rest: 'The rest' }

/** How far the last roll-out of a plan is, and what can be done about it. */
export function RollOutSection({ viewer, rollOut }: { viewer: Viewer; rollOut: RollOutProgress }) {
  const { operation, version, stages, leftOut } = rollOut
  const staged = stages.filter(({ total }) => total > 0)
  return (
    <Section
      title={`Roll-out of version ${version}`}
      aside={
        <span role="status">
          <OperationStatusBadge status={operation.status} />
        </span>
      }
    >
      <div className="grid grid-cols-1 gap-4">
        {staged.length === 0 ? (
          <p className="text-content-muted">It finds out which VEs use an older version.</p>
        ) : (
          <div className="grid gap-4 md:grid-cols-3">
            {staged.map((stage) => (
              <StageMeter key={stage.name} stage={stage} />
            ))}
          </div>
        )}
        <Open stages={stages} />
        {leftOut.length > 0 ? (
          <p className="wrap-long text-caution">Left out as they are: {leftOut.join(', ')}.</p>
        ) : null}
        {operation.problem ? (
          <ProblemCard problem={operation.problem} reference={operation.id} role="status" />
        ) : null}
        <div className="flex flex-wrap items-center gap-2">
          <OperationActions id={operation.id} {...operationActions(viewer, operation)} />
          <Link href={paths.operation(operation.id)} prefetch={false} className={linkClass}>
            Its operation
          </Link>
        </div>
      </div>
    </Section>
  )
}

function StageMeter({ stage }: { stage: RollOutProgress['stages'][number] }) {
  const { name, total, changed, running, failed } = stage
  const more = [running > 0 ? `${running} under way` : '', failed > 0 ? `${failed} failed` : '']
  const text = [`${changed} of ${total} changed`, ...more.filter((each) => each !== '')].join(', ')
  // Done is not full: no colour of warning.
  return <Meter label={STAGE[name]} value={changed} max={total} text={text} tone="accent" />
}

/** VEs whose change goes on, or failed. */
function Open({ stages }: Pick<RollOutProgress, 'stages'>) {
  const open = stages.flatMap(({ ves }) => ves)
  if (open.length === 0) return null
  return (
    <ul className="grid gap-1">
      {open.map(({ ve, operationId, status, text }) => (
        <li key={ve.id} className="wrap-long flex flex-wrap items-center gap-x-2">
          <Link href={paths.operation(operationId)} prefetch={false} className={linkClass}>
            {ve.name}
          </Link>
          <OperationStatusBadge status={status} />
          {text === null ? null : <span className="text-content-muted">{text}</span>}
        </li>
      ))}
    </ul>
  )
}
