import { API_ROUTES } from '@/lib/http/api-routes.ts'
import { apiRoute } from '@/lib/http/route.ts'
import { getOperationLog } from '@/lib/operations/queries.ts'

export const GET = apiRoute(API_ROUTES.operationLog, ({ viewer, id, query }) =>
  getOperationLog(viewer, id, query.after),
)
