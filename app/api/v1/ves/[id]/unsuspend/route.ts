import { API_ROUTES } from '@/lib/http/api-routes.ts'
import { apiRoute } from '@/lib/http/route.ts'
import { getOperation } from '@/lib/operations/queries.ts'
import { unsuspendVe } from '@/lib/ves/suspend.ts'

export const POST = apiRoute(API_ROUTES.veUnsuspend, async ({ viewer, id, tx }) => {
  const { operationId } = await unsuspendVe(viewer, id, tx)
  return { operation: await getOperation(viewer, operationId, tx) }
})
