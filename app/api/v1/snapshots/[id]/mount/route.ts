import { API_ROUTES } from '@/lib/http/api-routes.ts'
import { apiRoute } from '@/lib/http/route.ts'
import { getOperation } from '@/lib/operations/queries.ts'
import { mountSnapshot } from '@/lib/snapshots/mount.ts'

export const POST = apiRoute(API_ROUTES.snapshotMount, async ({ viewer, id, tx }) => {
  const { operationId } = await mountSnapshot(viewer, id, tx)
  return { operation: await getOperation(viewer, operationId, tx) }
})
