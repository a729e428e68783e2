import { API_ROUTES } from '@/lib/http/api-routes.ts'
import { apiRoute } from '@/lib/http/route.ts'
import { newVersion } from '@/lib/plans/commands.ts'
import { listPlanVersions } from '@/lib/plans/queries.ts'

export const GET = apiRoute(API_ROUTES.planVersionList, ({ viewer, id, query }) =>
  listPlanVersions(viewer, id, query),
)

export const POST = apiRoute(API_ROUTES.planVersionCreate, ({ viewer, id, input, tx }) =>
  newVersion(viewer, id, input, tx),
)
