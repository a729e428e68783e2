import { API_ROUTES } from '@/lib/http/api-routes.ts'
import { apiRoute } from '@/lib/http/route.ts'
import { getOperation } from '@/lib/operations/queries.ts'
import { hibernateVe } from '@/lib/ves/hibernate.ts'

export const POST = apiRoute(API_ROUTES.veHibernate, async ({ viewer, id, tx }) => {
  const { operationId } = await hibernateVe(viewer, id, tx)
  return { operation: await getOperation(viewer, operationId, tx) }
})
