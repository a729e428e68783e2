import { API_ROUTES } from '@/lib/http/api-routes.ts'
import { apiRoute } from '@/lib/http/route.ts'
import { getOperation } from '@/lib/operations/queries.ts'
import { applyPlan } from '@/lib/plans/apply.ts'
import { getVePlan } from '@/lib/plans/ve-plan.ts'

export const GET = apiRoute(API_ROUTES.vePlanGet, ({ viewer, id }) => getVePlan(viewer, id))

export const POST = apiRoute(API_ROUTES.vePlanSet, async ({ viewer, id, input, tx }) => {
  const { ve, operationId } = await applyPlan(viewer, id, input, tx)
  return { ve, operation: operationId === null ? null : await getOperation(viewer, operationId, tx) }
})
