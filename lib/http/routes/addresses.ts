import { addressPoolListQuery } from '../../addresses/queries.ts'
import { addressPoolCreateInput, addressPoolResource } from '../../addresses/resource.ts'
import { pageOf } from '../../contract/resource.ts'
import { defineRoute } from '../api-route.ts'

export const addressRoutes = {
  addressPoolList: defineRoute({
    method: 'GET',
    path: '/ip-pools',
    summary: 'List address pools',
    permission: 'address:read',
    query: addressPoolListQuery,
    status: 200,
    output: pageOf(addressPoolResource),
  }),
  addressPoolCreate: defineRoute({
    method: 'POST',
    path: '/ip-pools',
    summary: 'Make an address pool',
    permission: 'address:manage',
    input: addressPoolCreateInput,
    status: 201,
    output: addressPoolResource,
  }),
}
