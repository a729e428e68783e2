import { evacuateHost } from '@/lib/fleet/commands.ts'
import { getEvacuation } from '@/lib/fleet/queries.ts'
import { API_ROUTES } from '@/lib/http/api-routes.ts'
import { apiRoute } from '@/lib/http/route.ts'
import { getOperation } from '@/lib/operations/queries.ts'

export const GET = apiRoute(API_ROUTES.hostEvacuationGet, ({ viewer, id }) => getEvacuation(viewer, id))

export const POST = apiRoute(API_ROUTES.hostEvacuate, async ({ viewer, id, input, tx }) => {
  const { operationId } = await evacuateHost(viewer, id, input, tx)
  return { operation: await getOperation(viewer, operationId, tx) }
})
