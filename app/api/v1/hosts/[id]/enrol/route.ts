import { retryEnrolment } from '@/lib/hosts/commands.ts'
import { API_ROUTES } from '@/lib/http/api-routes.ts'
import { apiRoute } from '@/lib/http/route.ts'
import { getOperation } from '@/lib/operations/queries.ts'

export const POST = apiRoute(API_ROUTES.hostEnrol, async ({ viewer, id, input, tx }) => {
  const { operationId } = await retryEnrolment(viewer, id, input.credential, tx)
  return { operation: await getOperation(viewer, operationId, tx) }
})
