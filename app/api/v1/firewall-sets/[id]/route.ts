import { removeFirewallSet, updateFirewallSet } from '@/lib/firewall/commands.ts'
import { getFirewallSet } from '@/lib/firewall/queries.ts'
import { API_ROUTES } from '@/lib/http/api-routes.ts'
import { apiRoute } from '@/lib/http/route.ts'

export const GET = apiRoute(API_ROUTES.firewallSetGet, ({ viewer, id }) => getFirewallSet(viewer, id))

export const PATCH = apiRoute(API_ROUTES.firewallSetUpdate, ({ viewer, id, input, tx }) =>
  updateFirewallSet(viewer, id, input, tx),
)

export const DELETE = apiRoute(API_ROUTES.firewallSetRemove, ({ viewer, id, tx }) =>
  removeFirewallSet(viewer, id, tx),
)
