import { API_ROUTES } from '@/lib/http/api-routes.ts'
import { apiRoute } from '@/lib/http/route.ts'
import { removePlan } from '@/lib/plans/commands.ts'
import { getPlan } from '@/lib/plans/queries.ts'

export const GET = apiRoute(API_ROUTES.planGet, ({ viewer, id }) => getPlan(viewer, id))

export const DELETE = apiRoute(API_ROUTES.planRemove, ({ viewer, id, tx }) => removePlan(viewer, id, tx))
