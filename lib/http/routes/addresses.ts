import {
  addressHistoryPage,
  addressHistoryQuery,
  poolAddressHistoryQuery,
} from '../../addresses/history-resource.ts'
import { addressPoolListQuery } from '../../addresses/queries.ts'
import {
  addressPoolCreateInput,
  addressPoolResource,
  addressPoolUpdateInput,
} from '../../addresses/resource.ts'
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
  addressPoolGet: defineRoute({
    method: 'GET',
    path: '/ip-pools/{id}',
    summary: 'Get an address pool',
    permission: 'address:read',
    status: 200,
    output: addressPoolResource,
  }),
  addressPoolUpdate: defineRoute({
    method: 'PATCH',
    path: '/ip-pools/{id}',
    summary: 'Change name, range, gateway or hosts of an address pool',
    permission: 'address:manage',
    input: addressPoolUpdateInput,
    status: 200,
    output: addressPoolResource,
  }),
  addressPoolRemove: defineRoute({
    method: 'DELETE',
    path: '/ip-pools/{id}',
    summary: 'Remove an address pool that no VE has an address of',
    permission: 'address:manage',
    status: 204,
  }),
  addressPoolHistory: defineRoute({
    method: 'GET',
    path: '/ip-pools/{id}/history',
    summary: 'Who had an address of a pool, and when; newest first',
    permission: 'address:read',
    query: poolAddressHistoryQuery,
    status: 200,
    output: addressHistoryPage,
  }),
  addressHistory: defineRoute({
    method: 'GET',
    path: '/address-history',
    summary: 'Who had an address, and when; newest first',
    permission: 'address:read',
    query: addressHistoryQuery,
    status: 200,
    output: addressHistoryPage,
  }),
}
