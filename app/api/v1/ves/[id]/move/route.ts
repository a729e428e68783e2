import { API_ROUTES } from '@/lib/http/api-routes.ts'
import { apiRoute } from '@/lib/http/route.ts'
import { moveVe } from '@/lib/moves/commands.ts'
import { getOperation } from '@/lib/operations/queries.ts'

export const POST = apiRoute(API_ROUTES.veMove, async ({ viewer, id, input, tx }) => {
  const { operationId } = await moveVe(viewer, id, input, tx)
  return { operation: await getOperation(viewer, operationId, tx) }
})
