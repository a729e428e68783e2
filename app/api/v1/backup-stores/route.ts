import { createBackupStore, listBackupStores } from '@/lib/backups/stores.ts'
import { API_ROUTES } from '@/lib/http/api-routes.ts'
import { apiRoute } from '@/lib/http/route.ts'
import { getOperation } from '@/lib/operations/queries.ts'

export const GET = apiRoute(API_ROUTES.backupStoreList, ({ viewer, query }) =>
  listBackupStores(viewer, query),
)

export const POST = apiRoute(API_ROUTES.backupStoreCreate, async ({ viewer, input, tx }) => {
  const { store, operationId } = await createBackupStore(viewer, input, tx)
  return { store, operation: await getOperation(viewer, operationId, tx) }
})
