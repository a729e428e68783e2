import { API_ROUTES } from '@/lib/http/api-routes.ts'
import { apiRoute } from '@/lib/http/route.ts'
import { getOperation } from '@/lib/operations/queries.ts'
import { endRescue } from '@/lib/ves/commands.ts'

export const POST = apiRoute(API_ROUTES.veEndRescue, async ({ viewer, id, input, tx }) => {
  const { operationId } = await endRescue(viewer, id, input, tx)
  return { operation: await getOperation(viewer, operationId, tx) }
})
