import { addHost } from '@/lib/hosts/commands.ts'
import { listHosts } from '@/lib/hosts/queries.ts'
import { API_ROUTES } from '@/lib/http/api-routes.ts'
import { apiRoute } from '@/lib/http/route.ts'
import { getOperation } from '@/lib/operations/queries.ts'

export const GET = apiRoute(API_ROUTES.hostList, ({ viewer, query }) => listHosts(viewer, query))

export const POST = apiRoute(API_ROUTES.hostAdd, async ({ viewer, input, tx }) => {
  const { host, operationId } = await addHost(viewer, input, tx)
  return { host, operation: await getOperation(viewer, operationId, tx) }
})
