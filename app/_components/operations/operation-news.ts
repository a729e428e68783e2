import type { OperationLog } from '@/lib/operations/queries.ts'
import type { OperationResource } from '@/lib/operations/resource.ts'

/** Steps as they are, and the log lines after the last one that was read. */
export type OperationNews = { steps: OperationResource['steps']; log: OperationLog }
