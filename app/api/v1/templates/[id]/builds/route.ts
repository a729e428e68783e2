import { API_ROUTES } from '@/lib/http/api-routes.ts'
import { apiRoute } from '@/lib/http/route.ts'
import { getOperation } from '@/lib/operations/queries.ts'
import { buildTemplateOn } from '@/lib/templates/commands.ts'

export const POST = apiRoute(API_ROUTES.templateBuild, async ({ viewer, id, input, tx }) => {
  const { operationId } = await buildTemplateOn(viewer, id, input.hostId, tx)
  return { operation: await getOperation(viewer, operationId, tx) }
})
