import { API_ROUTES } from '@/lib/http/api-routes.ts'
import { apiRoute } from '@/lib/http/route.ts'
import { createPlan } from '@/lib/plans/commands.ts'
import { listPlans } from '@/lib/plans/queries.ts'

export const GET = apiRoute(API_ROUTES.planList, ({ viewer, query }) => listPlans(viewer, query))

export const POST = apiRoute(API_ROUTES.planCreate, ({ viewer, input, tx }) => createPlan(viewer, input, tx))
