import { listVeAddressHistory } from '@/lib/addresses/history.ts'
import { API_ROUTES } from '@/lib/http/api-routes.ts'
import { apiRoute } from '@/lib/http/route.ts'

export const GET = apiRoute(API_ROUTES.veAddressHistory, ({ viewer, id, query }) =>
  listVeAddressHistory(viewer, id, query),
)
