import Link from 'next/link'
import type { OperationResource } from '@/lib/operations/resource.ts'
import { paths } from '@/lib/paths.ts'
import { Age } from '../../_ui/age.tsx'
import { Cell, HeadCell, Row, Table } from '../../_ui/table.tsx'
import { rowLinkClass } from '../../_ui/text-link.ts'
import { OperationStatusBadge } from './operation-status.tsx'
import { OperationTook } from './operation-took.tsx'

/** The step that runs, or how far it came. */
function progress(operation: OperationResource): string {
  const now = operation.steps.find((step) => step.status === 'running' || step.status === 'undoing')
  if (now) return now.status === 'undoing' ? `Undoing: ${now.label}` : now.label
  if (operation.status === 'failed' || operation.status === 'stuck') return operation.problem?.detail ?? ''
  const done = operation.steps.filter((step) => step.status === 'done').length
  const total = operation.steps.length
  return done === total ? `${total} ${total === 1 ? 'step' : 'steps'}` : `${done} of ${total} steps`
}

/** `compact` leaves out who and where: for the page of the thing itself. */
export function OperationTable({
  caption,
  operations,
  compact = false,
}: {
  caption: string
  operations: readonly OperationResource[]
  compact?: boolean
}) {
  const head = (
    <>
      <HeadCell className="w-28">Status</HeadCell>
      <HeadCell>Operation</HeadCell>
      <HeadCell>Progress</HeadCell>
      {compact ? null : <HeadCell>By</HeadCell>}
      <HeadCell>Asked for</HeadCell>
      <HeadCell className="text-right">Took</HeadCell>
    </>
  )
  return (
    <Table caption={caption} head={head}>
      {operations.map((operation) => (
        <Row key={operation.id}>
          <Cell label="Status">
            <OperationStatusBadge status={operation.status} />
          </Cell>
          <Cell lead className="max-w-md md:min-w-44">
            <Link
              href={paths.operation(operation.id)}
              prefetch={false}
              data-row-link
              className={rowLinkClass}
            >
              {operation.title}
            </Link>
          </Cell>
          <Cell label="Progress" className="max-w-md text-content-muted">
            <span className="line-clamp-2">{progress(operation)}</span>
          </Cell>
          {compact ? null : (
            <Cell label="By" minor className="text-content-muted">
              <span title={operation.actorName} className="block w-max max-w-36 truncate">
                {operation.actorName}
              </span>
            </Cell>
          )}
          <Cell label="Asked for" className="text-content-muted">
            <Age at={operation.createdAt} />
          </Cell>
          <Cell label="Took" numeric minor className="text-content-muted">
            <OperationTook operation={operation} />
          </Cell>
        </Row>
      ))}
    </Table>
  )
}
