import { removeHost } from '@/lib/hosts/commands.ts'
import { getHost } from '@/lib/hosts/queries.ts'
import { API_ROUTES } from '@/lib/http/api-routes.ts'
import { apiRoute } from '@/lib/http/route.ts'
import { getOperation } from '@/lib/operations/queries.ts'

export const GET = apiRoute(API_ROUTES.hostGet, ({ viewer, id }) => getHost(viewer, id))

export const DELETE = apiRoute(API_ROUTES.hostRemove, async ({ viewer, id, tx }) => {
  const { operationId } = await removeHost(viewer, id, tx)
  return { operation: await getOperation(viewer, operationId, tx) }
})
