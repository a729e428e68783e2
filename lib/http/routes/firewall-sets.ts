import * as z from 'zod/mini'
import { pageOf } from '../../contract/resource.ts'
import { firewallSetListQuery } from '../../firewall/queries.ts'
import {
  firewallSetCreateInput,
  firewallSetResource,
  firewallSetUpdateInput,
} from '../../firewall/set-resource.ts'
import { defineRoute } from '../api-route.ts'

export const firewallSetRoutes = {
  firewallSetList: defineRoute({
    method: 'GET',
    path: '/firewall-sets',
    summary: 'List firewall rule sets',
    permission: 've:read',
    query: firewallSetListQuery,
    status: 200,
    output: pageOf(firewallSetResource),
  }),
  firewallSetCreate: defineRoute({
    method: 'POST',
    path: '/firewall-sets',
    summary: 'Make a firewall rule set',
    permission: 've:configure',
    input: firewallSetCreateInput,
    status: 201,
    output: firewallSetResource,
  }),
  firewallSetGet: defineRoute({
    method: 'GET',
    path: '/firewall-sets/{id}',
    summary: 'Get a firewall rule set',
    permission: 've:read',
    status: 200,
    output: firewallSetResource,
  }),
  firewallSetUpdate: defineRoute({
    method: 'PATCH',
    path: '/firewall-sets/{id}',
    summary: 'Change a firewall rule set, and lay it out on every VE that refers to it',
    permission: 've:configure',
    input: firewallSetUpdateInput,
    status: 200,
    output: z.object({
      firewallSet: firewallSetResource,
      /** One for each VE; to be followed at /operations/{id}. */
      operationIds: z.array(z.uuid()),
    }),
  }),
  firewallSetRemove: defineRoute({
    method: 'DELETE',
    path: '/firewall-sets/{id}',
    summary: 'Remove a firewall rule set that no VE refers to',
    permission: 've:configure',
    status: 204,
  }),
}
