import { API_ROUTES } from '@/lib/http/api-routes.ts'
import { apiRoute } from '@/lib/http/route.ts'
import { listOperations } from '@/lib/operations/queries.ts'

export const GET = apiRoute(API_ROUTES.operationList, ({ viewer, query }) => listOperations(viewer, query))
