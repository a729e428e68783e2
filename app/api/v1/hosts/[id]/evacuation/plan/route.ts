import { planEvacuation } from '@/lib/fleet/commands.ts'
import { API_ROUTES } from '@/lib/http/api-routes.ts'
import { apiRoute } from '@/lib/http/route.ts'
import { getOperation } from '@/lib/operations/queries.ts'

export const POST = apiRoute(API_ROUTES.hostEvacuationPlan, async ({ viewer, id, input, tx }) => {
  const { operationId } = await planEvacuation(viewer, id, input, tx)
  return { operation: await getOperation(viewer, operationId, tx) }
})
