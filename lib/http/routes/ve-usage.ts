import { beancounterTable } from '../../usage/beancounter-table.ts'
import { limitEventPage } from '../../usage/limit-event-resource.ts'
import { limitEventQuery } from '../../usage/limit-events.ts'
import { usageQuery, usageSeries } from '../../usage/series.ts'
import { defineRoute } from '../api-route.ts'

export const veUsageRoutes = {
  veUsage: defineRoute({
    method: 'GET',
    path: '/ves/{id}/usage',
    summary: 'What a VE used in the last hour, day, week, month or year',
    permission: 've:read',
    query: usageQuery,
    status: 200,
    output: usageSeries,
  }),
  veBeancounters: defineRoute({
    method: 'GET',
    path: '/ves/{id}/beancounters',
    summary: 'The beancounters of a VE: set, held, refused, and their last day',
    permission: 've:read',
    status: 200,
    output: beancounterTable,
  }),
  veLimitEvents: defineRoute({
    method: 'GET',
    path: '/ves/{id}/limit-events',
    summary: 'Limits that a VE hit, newest first, each with limits that would have let it pass',
    permission: 've:read',
    query: limitEventQuery,
    status: 200,
    output: limitEventPage,
  }),
}
