import { API_ROUTES } from '@/lib/http/api-routes.ts'
import { apiRoute } from '@/lib/http/route.ts'
import { getOperation } from '@/lib/operations/queries.ts'
import { readQuota } from '@/lib/quota/commands.ts'

export const POST = apiRoute(API_ROUTES.veQuotaRead, async ({ viewer, id, tx }) => {
  const { operationId } = await readQuota(viewer, id, tx)
  return { operation: await getOperation(viewer, operationId, tx) }
})
