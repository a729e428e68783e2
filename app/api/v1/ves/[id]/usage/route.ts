import { API_ROUTES } from '@/lib/http/api-routes.ts'
import { apiRoute } from '@/lib/http/route.ts'
import { veUsage } from '@/lib/usage/queries.ts'

export const GET = apiRoute(API_ROUTES.veUsage, ({ viewer, id, query }) =>
  veUsage(viewer, id, { range: query.range ?? 'day' }),
)
