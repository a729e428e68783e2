/** Every route of /api/v1. A route file takes its entry from here; a test sees that none is missing on either side. */
import { defineRoute } from './api-route.ts'
import { addressRoutes } from './routes/addresses.ts'
import { backupRoutes } from './routes/backups.ts'
import { eventRoutes } from './routes/events.ts'
import { firewallSetRoutes } from './routes/firewall-sets.ts'
import { fleetRoutes } from './routes/fleet.ts'
import { hostGroupRoutes } from './routes/host-groups.ts'
import { hostRoutes } from './routes/hosts.ts'
import { operationRoutes } from './routes/operations.ts'
import { planRoutes } from './routes/plans.ts'
import { snapshotRoutes } from './routes/snapshots.ts'
import { templateRoutes } from './routes/templates.ts'
import { terminalRoutes } from './routes/terminals.ts'
import { veMoveRoutes } from './routes/ve-moves.ts'
import { veNetworkRoutes } from './routes/ve-network.ts'
import { veQuotaRoutes } from './routes/ve-quota.ts'
import { veUsageRoutes } from './routes/ve-usage.ts'
import { veRoutes } from './routes/ves.ts'

export const API_ROUTES = {
  ...hostRoutes,
  ...fleetRoutes,
  ...hostGroupRoutes,
  ...templateRoutes,
  ...planRoutes,
  ...veRoutes,
  ...veMoveRoutes,
  ...veNetworkRoutes,
  ...veUsageRoutes,
  ...veQuotaRoutes,
  ...snapshotRoutes,
  ...backupRoutes,
  ...terminalRoutes,
  ...addressRoutes,
  ...firewallSetRoutes,
  ...operationRoutes,
  ...eventRoutes,
  openApi: defineRoute({
    method: 'GET',
    path: '/openapi.json',
    summary: 'This document',
    permission: null,
    status: 200,
  }),
} as const
export type ApiRouteName = keyof typeof API_ROUTES
