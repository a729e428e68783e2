import { API_ROUTES } from '@/lib/http/api-routes.ts'
import { apiRoute } from '@/lib/http/route.ts'
import { getOperation } from '@/lib/operations/queries.ts'
import { execInVe } from '@/lib/ves/exec.ts'

export const POST = apiRoute(API_ROUTES.veExec, async ({ viewer, id, input, tx }) => {
  const { operationId } = await execInVe(viewer, id, input, tx)
  return { operation: await getOperation(viewer, operationId, tx) }
})
