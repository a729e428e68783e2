import { deleteBackup } from '@/lib/backups/commands.ts'
import { getBackup } from '@/lib/backups/queries.ts'
import { API_ROUTES } from '@/lib/http/api-routes.ts'
import { apiRoute } from '@/lib/http/route.ts'
import { getOperation } from '@/lib/operations/queries.ts'

export const GET = apiRoute(API_ROUTES.backupGet, ({ viewer, id }) => getBackup(viewer, id))

export const DELETE = apiRoute(API_ROUTES.backupDelete, async ({ viewer, id, tx }) => {
  const { operationId } = await deleteBackup(viewer, id, tx)
  return { operation: await getOperation(viewer, operationId, tx) }
})
