import { API_ROUTES } from '@/lib/http/api-routes.ts'
import { apiRoute } from '@/lib/http/route.ts'
import { getOperation } from '@/lib/operations/queries.ts'
import { createVe } from '@/lib/ves/create.ts'
import { listVes } from '@/lib/ves/queries.ts'

export const GET = apiRoute(API_ROUTES.veList, ({ viewer, query }) => listVes(viewer, query))

export const POST = apiRoute(API_ROUTES.veCreate, async ({ viewer, input, tx }) => {
  const { ve, operationId } = await createVe(viewer, input, tx)
  return { ve, operation: await getOperation(viewer, operationId, tx) }
})
