import { API_ROUTES } from '@/lib/http/api-routes.ts'
import { apiRoute } from '@/lib/http/route.ts'
import { getOperation } from '@/lib/operations/queries.ts'
import { createTemplate } from '@/lib/templates/commands.ts'
import { listTemplates } from '@/lib/templates/queries.ts'

export const GET = apiRoute(API_ROUTES.templateList, ({ viewer, query }) => listTemplates(viewer, query))

export const POST = apiRoute(API_ROUTES.templateCreate, async ({ viewer, input, tx }) => {
  const { template, operationIds } = await createTemplate(viewer, input, tx)
  const [first, ...others] = operationIds
  const operation = await getOperation(viewer, first ?? '', tx)
  const operations = [operation]
  for (const operationId of others) operations.push(await getOperation(viewer, operationId, tx))
  return { template, operation, operations }
})
