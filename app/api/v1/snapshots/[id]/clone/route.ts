import { API_ROUTES } from '@/lib/http/api-routes.ts'
import { apiRoute } from '@/lib/http/route.ts'
import { getOperation } from '@/lib/operations/queries.ts'
import { createVeFromSnapshot } from '@/lib/snapshots/clone.ts'

export const POST = apiRoute(API_ROUTES.snapshotClone, async ({ viewer, id, input, tx }) => {
  const { ve, operationId } = await createVeFromSnapshot(viewer, id, input, tx)
  return { ve, operation: await getOperation(viewer, operationId, tx) }
})
