import { listAudit } from '@/lib/audit/queries.ts'
import { API_ROUTES } from '@/lib/http/api-routes.ts'
import { apiRoute } from '@/lib/http/route.ts'

export const GET = apiRoute(API_ROUTES.eventList, ({ viewer, query }) => listAudit(viewer, query))
