import { recoverBackup } from '@/lib/backups/commands.ts'
import { API_ROUTES } from '@/lib/http/api-routes.ts'
import { apiRoute } from '@/lib/http/route.ts'
import { getOperation } from '@/lib/operations/queries.ts'

export const POST = apiRoute(API_ROUTES.backupRecover, async ({ viewer, id, input, tx }) => {
  const { ve, operationId } = await recoverBackup(viewer, id, input, tx)
  return { ve, operation: await getOperation(viewer, operationId, tx) }
})
