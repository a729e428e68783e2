import { API_ROUTES } from '@/lib/http/api-routes.ts'
import { apiRoute } from '@/lib/http/route.ts'
import { getOperation } from '@/lib/operations/queries.ts'
import { suspendVe } from '@/lib/ves/suspend.ts'

export const POST = apiRoute(API_ROUTES.veSuspend, async ({ viewer, id, input, tx }) => {
  const { operationId } = await suspendVe(viewer, id, input, tx)
  return { operation: await getOperation(viewer, operationId, tx) }
})
