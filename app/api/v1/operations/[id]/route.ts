import { API_ROUTES } from '@/lib/http/api-routes.ts'
import { apiRoute } from '@/lib/http/route.ts'
import { getOperation } from '@/lib/operations/queries.ts'

export const GET = apiRoute(API_ROUTES.operationGet, ({ viewer, id }) => getOperation(viewer, id))
