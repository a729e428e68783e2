import { auditListQuery } from '../../audit/queries.ts'
import { auditPage } from '../../audit/resource.ts'
import { defineRoute } from '../api-route.ts'

export const eventRoutes = {
  eventList: defineRoute({
    method: 'GET',
    path: '/events',
    summary: 'List who did what, newest first',
    permission: 'audit:read',
    query: auditListQuery,
    status: 200,
    output: auditPage,
  }),
}
