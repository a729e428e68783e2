import { API_ROUTES } from '@/lib/http/api-routes.ts'
import { apiRoute } from '@/lib/http/route.ts'
import { getOperation } from '@/lib/operations/queries.ts'
import { rollOut } from '@/lib/plans/roll-out.ts'
import { lastRollOut } from '@/lib/plans/roll-out-progress.ts'

export const GET = apiRoute(API_ROUTES.planRollOutGet, ({ viewer, id }) => lastRollOut(viewer, id))

export const POST = apiRoute(API_ROUTES.planRollOut, async ({ viewer, id, input, tx }) => {
  const { operationId } = await rollOut(viewer, id, input, tx)
  return { operation: await getOperation(viewer, operationId, tx) }
})
