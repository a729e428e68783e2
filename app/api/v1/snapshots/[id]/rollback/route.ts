import { API_ROUTES } from '@/lib/http/api-routes.ts'
import { apiRoute } from '@/lib/http/route.ts'
import { getOperation } from '@/lib/operations/queries.ts'
import { rollBackToSnapshot } from '@/lib/snapshots/commands.ts'

export const POST = apiRoute(API_ROUTES.snapshotRollback, async ({ viewer, id, input, tx }) => {
  const { operationId } = await rollBackToSnapshot(viewer, id, input, tx)
  return { operation: await getOperation(viewer, operationId, tx) }
})
