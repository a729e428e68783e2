import { API_ROUTES } from '@/lib/http/api-routes.ts'
import { apiRoute } from '@/lib/http/route.ts'
import { cancelOperation } from '@/lib/operations/commands.ts'
import { getOperation } from '@/lib/operations/queries.ts'

export const POST = apiRoute(API_ROUTES.operationCancel, async ({ viewer, id, tx }) => {
  const { operationId } = await cancelOperation(viewer, id, tx)
  return { operation: await getOperation(viewer, operationId, tx) }
})
