import { checkBackupStore } from '@/lib/backups/stores.ts'
import { API_ROUTES } from '@/lib/http/api-routes.ts'
import { apiRoute } from '@/lib/http/route.ts'
import { getOperation } from '@/lib/operations/queries.ts'

export const POST = apiRoute(API_ROUTES.backupStoreCheck, async ({ viewer, id, tx }) => {
  const { operationId } = await checkBackupStore(viewer, id, tx)
  return { operation: await getOperation(viewer, operationId, tx) }
})
