import type { OperationLog } from '@/lib/operations/queries.ts'
import type { OperationResource } from '@/lib/operations/resource.ts'

/** How it stands, and the log lines after the last one that was read. */
export type OperationNews = Pick<OperationResource, 'status' | 'problem' | 'steps'> & { log: OperationLog }
