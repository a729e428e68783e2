import { API_ROUTES } from '@/lib/http/api-routes.ts'
import { apiRoute } from '@/lib/http/route.ts'
import { veBeancounters } from '@/lib/usage/beancounter-table.ts'

export const GET = apiRoute(API_ROUTES.veBeancounters, ({ viewer, id }) => veBeancounters(viewer, id))
