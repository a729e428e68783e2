import { API_ROUTES } from '@/lib/http/api-routes.ts'
import { apiRoute } from '@/lib/http/route.ts'
import { getTraffic, setTraffic } from '@/lib/ves/traffic.ts'

export const GET = apiRoute(API_ROUTES.veTraffic, ({ viewer, id, query }) => getTraffic(viewer, id, query))

export const PUT = apiRoute(API_ROUTES.veSetTraffic, ({ viewer, id, input, tx }) =>
  setTraffic(viewer, id, input, tx),
)
