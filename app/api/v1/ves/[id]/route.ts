import { API_ROUTES } from '@/lib/http/api-routes.ts'
import { apiRoute } from '@/lib/http/route.ts'
import { getOperation } from '@/lib/operations/queries.ts'
import { destroyVe } from '@/lib/ves/commands.ts'
import { getVe } from '@/lib/ves/queries.ts'
import { updateVe } from '@/lib/ves/update.ts'

export const GET = apiRoute(API_ROUTES.veGet, ({ viewer, id }) => getVe(viewer, id))

export const DELETE = apiRoute(API_ROUTES.veDestroy, async ({ viewer, id, tx }) => {
  const { operationId } = await destroyVe(viewer, id, tx)
  return { operation: await getOperation(viewer, operationId, tx) }
})

export const PATCH = apiRoute(API_ROUTES.veUpdate, async ({ viewer, id, input, tx }) => {
  const { ve, operationId } = await updateVe(viewer, id, input, tx)
  return { ve, operation: operationId === null ? null : await getOperation(viewer, operationId, tx) }
})
