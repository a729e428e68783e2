import Link from 'next/link'
import type { Viewer } from '@/lib/auth/viewer.ts'
import type { FleetProgress } from '@/lib/fleet/resource.ts'
import { paths } from '@/lib/paths.ts'
import { StateBadge } from '../../_ui/badge.tsx'
import { Meter } from '../../_ui/meter.tsx'
import { Section } from '../../_ui/section.tsx'
import { linkClass } from '../../_ui/text-link.ts'
import { OperationActions } from '../operations/operation-actions.tsx'
import { operationActions } from '../operations/operation-allowed.ts'
import { OperationStatusBadge } from '../operations/operation-status.tsx'
import { ProblemCard } from '../problem-card.tsx'

/** How far moves of many VEs are, which failed and why, and what can be done about it. */
export function FleetProgressSection({ viewer, progress }: { viewer: Viewer; progress: FleetProgress }) {
  const { operation, total, moved, running, failed, open } = progress
  const more = [running > 0 ? `${running} under way` : '', failed > 0 ? `${failed} failed` : '']
  const text = [`${moved} of ${total}`, ...more.filter((each) => each !== '')].join(', ')
  return (
    <Section
      title={operation.title}
      aside={
        <span role="status">
          <OperationStatusBadge status={operation.status} />
        </span>
      }
    >
      <div className="grid grid-cols-1 gap-4">
        <Meter label="VEs moved" value={moved} max={total} text={text} tone="accent" />
        {open.length > 0 ? <Open open={open} /> : null}
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

function Open({ open }: Pick<FleetProgress, 'open'>) {
  return (
    <ul aria-label="Not moved yet" className="grid gap-1">
      {open.map(({ ve, to, operationId, status, text }) => (
        <li key={ve.id} className="wrap-long flex flex-wrap items-center gap-x-2">
          <Link
            href={operationId === null ? paths.ve(ve.id) : paths.operation(operationId)}
            prefetch={false}
            className={linkClass}
          >
            {ve.name}
          </Link>
          <span className="text-content-muted">{`to ${to.name}`}</span>
          {status === 'waiting' || status === 'refused' ? (
            <StateBadge tone={status === 'waiting' ? 'neutral' : 'danger'}>
              {status === 'waiting' ? 'Waits' : 'Refused'}
            </StateBadge>
          ) : (
            <OperationStatusBadge status={status} />
          )}
          {text === null ? null : <span className="text-content-muted">{text}</span>}
        </li>
      ))}
    </ul>
  )
}
