import { backUpVe } from '@/lib/backups/commands.ts'
import { listVeBackups } from '@/lib/backups/queries.ts'
import { API_ROUTES } from '@/lib/http/api-routes.ts'
import { apiRoute } from '@/lib/http/route.ts'
import { getOperation } from '@/lib/operations/queries.ts'

export const GET = apiRoute(API_ROUTES.veBackupList, ({ viewer, id, query }) =>
  listVeBackups(viewer, id, query),
)

export const POST = apiRoute(API_ROUTES.veBackupCreate, async ({ viewer, id, input, tx }) => {
  const { backup, operationId } = await backUpVe(viewer, id, input, tx)
  return { backup, operation: await getOperation(viewer, operationId, tx) }
})
