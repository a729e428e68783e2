import { API_ROUTES } from '@/lib/http/api-routes.ts'
import { apiRoute } from '@/lib/http/route.ts'
import { listLimitEvents } from '@/lib/usage/limit-events.ts'

export const GET = apiRoute(API_ROUTES.veLimitEvents, ({ viewer, id, query }) =>
  listLimitEvents(viewer, { veId: id, ...query }),
)
