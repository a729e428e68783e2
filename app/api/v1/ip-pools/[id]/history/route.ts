import { listPoolHistory } from '@/lib/addresses/history.ts'
import { API_ROUTES } from '@/lib/http/api-routes.ts'
import { apiRoute } from '@/lib/http/route.ts'

export const GET = apiRoute(API_ROUTES.addressPoolHistory, ({ viewer, id, query }) =>
  listPoolHistory(viewer, id, query),
)
