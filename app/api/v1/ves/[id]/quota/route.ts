import { API_ROUTES } from '@/lib/http/api-routes.ts'
import { apiRoute } from '@/lib/http/route.ts'
import { getOperation } from '@/lib/operations/queries.ts'
import { setQuota } from '@/lib/quota/commands.ts'
import { lastQuota } from '@/lib/quota/queries.ts'

export const GET = apiRoute(API_ROUTES.veQuotaGet, ({ viewer, id }) => lastQuota(viewer, id))

export const PUT = apiRoute(API_ROUTES.veQuotaSet, async ({ viewer, id, input, tx }) => {
  const { operationId } = await setQuota(viewer, id, input, tx)
  return { operation: await getOperation(viewer, operationId, tx) }
})
