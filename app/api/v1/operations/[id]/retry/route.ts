import { API_ROUTES } from '@/lib/http/api-routes.ts'
import { apiRoute } from '@/lib/http/route.ts'
import { retryOperation } from '@/lib/operations/commands.ts'
import { getOperation } from '@/lib/operations/queries.ts'

export const POST = apiRoute(API_ROUTES.operationRetry, async ({ viewer, id, tx }) => {
  const { operationId } = await retryOperation(viewer, id, tx)
  return { operation: await getOperation(viewer, operationId, tx) }
})
