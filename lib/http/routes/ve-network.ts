import * as z from 'zod/mini'
import { addressHistoryPage, veAddressHistoryQuery } from '../../addresses/history-resource.ts'
import { firewallSettings } from '../../firewall/resource.ts'
import { operationResource } from '../../operations/resource.ts'
import { veInterfaceInput, veInterfaceUpdateInput } from '../../ves/interfaces/input.ts'
import { veInterfaceResource } from '../../ves/resource.ts'
import { defineRoute } from '../api-route.ts'
import { started } from './started.ts'

/** The interface as it is now: what the operation changes is not the VE's before it succeeds. */
const changed = z.object({ interface: veInterfaceResource, operation: operationResource })

export const veNetworkRoutes = {
  veInterfaceList: defineRoute({
    method: 'GET',
    path: '/ves/{id}/interfaces',
    summary: 'List the interfaces of a VE',
    permission: 've:read',
    status: 200,
    output: z.object({ items: z.array(veInterfaceResource) }),
  }),
  veInterfaceAdd: defineRoute({
    method: 'POST',
    path: '/ves/{id}/interfaces',
    summary: 'Give a VE an interface, also while it runs',
    permission: 've:configure',
    input: veInterfaceInput,
    status: 202,
    output: changed,
  }),
  veInterfaceUpdate: defineRoute({
    method: 'PATCH',
    path: '/ves/{id}/interfaces/{interface}',
    summary: 'Change addresses, rate or gateways of an interface',
    permission: 've:configure',
    input: veInterfaceUpdateInput,
    status: 202,
    output: changed,
  }),
  veInterfaceRemove: defineRoute({
    method: 'DELETE',
    path: '/ves/{id}/interfaces/{interface}',
    summary: 'Take an interface away, and give its addresses back',
    permission: 've:configure',
    status: 202,
    output: started,
  }),
  veFirewallGet: defineRoute({
    method: 'GET',
    path: '/ves/{id}/firewall',
    summary: 'Get the firewall of a VE',
    permission: 've:read',
    status: 200,
    output: firewallSettings,
  }),
  veFirewallSet: defineRoute({
    method: 'PUT',
    path: '/ves/{id}/firewall',
    summary: 'Set the firewall of a VE',
    permission: 've:configure',
    input: firewallSettings,
    status: 202,
    output: started,
  }),
  veAddressHistory: defineRoute({
    method: 'GET',
    path: '/ves/{id}/addresses',
    summary: 'Which addresses a VE had, and when; newest first',
    permission: 've:read',
    query: veAddressHistoryQuery,
    status: 200,
    output: addressHistoryPage,
  }),
}
