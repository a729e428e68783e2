import { getVeFirewall, setVeFirewall } from '@/lib/firewall/ve-firewall.ts'
import { API_ROUTES } from '@/lib/http/api-routes.ts'
import { apiRoute } from '@/lib/http/route.ts'
import { getOperation } from '@/lib/operations/queries.ts'

export const GET = apiRoute(API_ROUTES.veFirewallGet, ({ viewer, id }) => getVeFirewall(viewer, id))

export const PUT = apiRoute(API_ROUTES.veFirewallSet, async ({ viewer, id, input, tx }) => {
  const { operationId } = await setVeFirewall(viewer, id, input, tx)
  return { operation: await getOperation(viewer, operationId, tx) }
})
