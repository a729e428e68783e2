import { API_ROUTES } from '@/lib/http/api-routes.ts'
import { apiRoute } from '@/lib/http/route.ts'
import { getOperation } from '@/lib/operations/queries.ts'
import { createSnapshot } from '@/lib/snapshots/commands.ts'
import { listVeSnapshots } from '@/lib/snapshots/queries.ts'

export const GET = apiRoute(API_ROUTES.veSnapshotList, ({ viewer, id, query }) =>
  listVeSnapshots(viewer, id, query),
)

export const POST = apiRoute(API_ROUTES.veSnapshotCreate, async ({ viewer, id, input, tx }) => {
  const { snapshot, operationId } = await createSnapshot(viewer, id, input, tx)
  return { snapshot, operation: await getOperation(viewer, operationId, tx) }
})
