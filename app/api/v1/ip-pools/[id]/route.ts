import { removeAddressPool, updateAddressPool } from '@/lib/addresses/commands.ts'
import { getAddressPool } from '@/lib/addresses/queries.ts'
import { API_ROUTES } from '@/lib/http/api-routes.ts'
import { apiRoute } from '@/lib/http/route.ts'

export const GET = apiRoute(API_ROUTES.addressPoolGet, ({ viewer, id }) => getAddressPool(viewer, id))

export const PATCH = apiRoute(API_ROUTES.addressPoolUpdate, ({ viewer, id, input, tx }) =>
  updateAddressPool(viewer, id, input, tx),
)

export const DELETE = apiRoute(API_ROUTES.addressPoolRemove, ({ viewer, id, tx }) =>
  removeAddressPool(viewer, id, tx),
)
