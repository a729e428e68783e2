import { API_ROUTES } from '@/lib/http/api-routes.ts'
import { apiRoute } from '@/lib/http/route.ts'
import { getOperation } from '@/lib/operations/queries.ts'
import { restartVe } from '@/lib/ves/commands.ts'

export const POST = apiRoute(API_ROUTES.veRestart, async ({ viewer, id, input, tx }) => {
  const { operationId } = await restartVe(viewer, id, input, tx)
  return { operation: await getOperation(viewer, operationId, tx) }
})
