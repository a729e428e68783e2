import { API_ROUTES } from '@/lib/http/api-routes.ts'
import { apiRoute } from '@/lib/http/route.ts'
import { getOperation } from '@/lib/operations/queries.ts'
import { addVeInterface } from '@/lib/ves/interfaces/commands.ts'
import { getVeInterface } from '@/lib/ves/interfaces/queries.ts'
import { getVe } from '@/lib/ves/queries.ts'

export const GET = apiRoute(API_ROUTES.veInterfaceList, async ({ viewer, id }) => ({
  items: (await getVe(viewer, id)).interfaces,
}))

export const POST = apiRoute(API_ROUTES.veInterfaceAdd, async ({ viewer, id, input, tx }) => {
  const { interfaceId, operationId } = await addVeInterface(viewer, id, input, tx)
  return {
    interface: await getVeInterface(viewer, id, interfaceId, tx),
    operation: await getOperation(viewer, operationId, tx),
  }
})
