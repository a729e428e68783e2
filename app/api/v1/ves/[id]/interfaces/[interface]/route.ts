import { API_ROUTES } from '@/lib/http/api-routes.ts'
import { apiRoute } from '@/lib/http/route.ts'
import { getOperation } from '@/lib/operations/queries.ts'
import { removeVeInterface, updateVeInterface } from '@/lib/ves/interfaces/commands.ts'
import { getVeInterface } from '@/lib/ves/interfaces/queries.ts'

export const PATCH = apiRoute(API_ROUTES.veInterfaceUpdate, async ({ viewer, id, params, input, tx }) => {
  const { interfaceId, operationId } = await updateVeInterface(viewer, id, params.interface ?? '', input, tx)
  return {
    interface: await getVeInterface(viewer, id, interfaceId, tx),
    operation: await getOperation(viewer, operationId, tx),
  }
})

export const DELETE = apiRoute(API_ROUTES.veInterfaceRemove, async ({ viewer, id, params, tx }) => {
  const { operationId } = await removeVeInterface(viewer, id, params.interface ?? '', tx)
  return { operation: await getOperation(viewer, operationId, tx) }
})
