import { createAddressPool } from '@/lib/addresses/commands.ts'
import { listAddressPools } from '@/lib/addresses/queries.ts'
import { API_ROUTES } from '@/lib/http/api-routes.ts'
import { apiRoute } from '@/lib/http/route.ts'

export const GET = apiRoute(API_ROUTES.addressPoolList, ({ viewer, query }) =>
  listAddressPools(viewer, query),
)

export const POST = apiRoute(API_ROUTES.addressPoolCreate, ({ viewer, input, tx }) =>
  createAddressPool(viewer, input, tx),
)
