import { createFirewallSet } from '@/lib/firewall/commands.ts'
import { listFirewallSets } from '@/lib/firewall/queries.ts'
import { API_ROUTES } from '@/lib/http/api-routes.ts'
import { apiRoute } from '@/lib/http/route.ts'

export const GET = apiRoute(API_ROUTES.firewallSetList, ({ viewer, query }) =>
  listFirewallSets(viewer, query),
)

export const POST = apiRoute(API_ROUTES.firewallSetCreate, ({ viewer, input, tx }) =>
  createFirewallSet(viewer, input, tx),
)
