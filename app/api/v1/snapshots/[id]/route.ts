import { API_ROUTES } from '@/lib/http/api-routes.ts'
import { apiRoute } from '@/lib/http/route.ts'
import { getOperation } from '@/lib/operations/queries.ts'
import { deleteSnapshot } from '@/lib/snapshots/commands.ts'
import { getSnapshot } from '@/lib/snapshots/queries.ts'

export const GET = apiRoute(API_ROUTES.snapshotGet, ({ viewer, id }) => getSnapshot(viewer, id))

export const DELETE = apiRoute(API_ROUTES.snapshotDelete, async ({ viewer, id, tx }) => {
  const { operationId } = await deleteSnapshot(viewer, id, tx)
  return { operation: await getOperation(viewer, operationId, tx) }
})
