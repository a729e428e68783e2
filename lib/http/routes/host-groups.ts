import { pageOf } from '../../contract/resource.ts'
import { hostGroupListQuery } from '../../host-groups/queries.ts'
import { hostGroupCreateInput, hostGroupResource, hostGroupUpdateInput } from '../../host-groups/resource.ts'
import { defineRoute } from '../api-route.ts'

export const hostGroupRoutes = {
  hostGroupList: defineRoute({
    method: 'GET',
    path: '/host-groups',
    summary: 'List groups of hosts',
    permission: 'host:read',
    query: hostGroupListQuery,
    status: 200,
    output: pageOf(hostGroupResource),
  }),
  hostGroupCreate: defineRoute({
    method: 'POST',
    path: '/host-groups',
    summary: 'Make a group of hosts',
    permission: 'host:manage',
    input: hostGroupCreateInput,
    status: 201,
    output: hostGroupResource,
  }),
  hostGroupGet: defineRoute({
    method: 'GET',
    path: '/host-groups/{id}',
    summary: 'Get a group of hosts',
    permission: 'host:read',
    status: 200,
    output: hostGroupResource,
  }),
  hostGroupUpdate: defineRoute({
    method: 'PATCH',
    path: '/host-groups/{id}',
    summary: 'Change the name or the members of a group of hosts',
    permission: 'host:manage',
    input: hostGroupUpdateInput,
    status: 200,
    output: hostGroupResource,
  }),
  hostGroupRemove: defineRoute({
    method: 'DELETE',
    path: '/host-groups/{id}',
    summary: 'Remove a group of hosts that no address pool is bound to',
    permission: 'host:manage',
    status: 204,
  }),
}
