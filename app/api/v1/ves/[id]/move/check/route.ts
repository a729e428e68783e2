import { API_ROUTES } from '@/lib/http/api-routes.ts'
import { apiRoute } from '@/lib/http/route.ts'
import { checkMove } from '@/lib/moves/commands.ts'
import { getOperation } from '@/lib/operations/queries.ts'

export const POST = apiRoute(API_ROUTES.veMoveCheck, async ({ viewer, id, input, tx }) => {
  const { operationId } = await checkMove(viewer, id, input, tx)
  return { operation: await getOperation(viewer, operationId, tx) }
})
