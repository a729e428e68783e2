import { restoreBackup } from '@/lib/backups/commands.ts'
import { API_ROUTES } from '@/lib/http/api-routes.ts'
import { apiRoute } from '@/lib/http/route.ts'
import { getOperation } from '@/lib/operations/queries.ts'

export const POST = apiRoute(API_ROUTES.backupRestore, async ({ viewer, id, input, tx }) => {
  const { operationId } = await restoreBackup(viewer, id, input, tx)
  return { operation: await getOperation(viewer, operationId, tx) }
})
