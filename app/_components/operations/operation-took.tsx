import type { OperationResource } from '@/lib/operations/resource.ts'
import { Elapsed } from '../../_ui/age.tsx'
import { formatDuration } from '../../_ui/format-time.ts'

type Span = Pick<OperationResource, 'startedAt' | 'endedAt'>

/** How long it took, or how long it has been going on. Nothing for what has not begun. */
export function OperationTook({ operation: { startedAt, endedAt } }: { operation: Span }) {
  if (startedAt === null) return null
  if (endedAt === null) return <Elapsed since={startedAt} />
  return (
    <span className="whitespace-nowrap">{formatDuration(Date.parse(endedAt) - Date.parse(startedAt))}</span>
  )
}
