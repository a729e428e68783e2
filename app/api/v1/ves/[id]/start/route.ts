import { API_ROUTES } from '@/lib/http/api-routes.ts'
import { apiRoute } from '@/lib/http/route.ts'
import { getOperation } from '@/lib/operations/queries.ts'
import { startVe } from '@/lib/ves/commands.ts'

export const POST = apiRoute(API_ROUTES.veStart, async ({ viewer, id, tx }) => {
  const { operationId } = await startVe(viewer, id, tx)
  return { operation: await getOperation(viewer, operationId, tx) }
})
