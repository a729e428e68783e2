/** What may be changed of a VE that is there, running or stopped. Browser-safe; every part is optional. */
import * as z from 'zod/mini'
import { hostname, ipAddress, sshPublicKey } from '../contract/names.ts'
import { VE_NAMESPACES, veApplication } from '../contract/ve-application.ts'
import { veDevice, veNetworkDevice } from '../contract/ve-devices.ts'
import { veFeatures } from '../contract/ve-features.ts'
import { bridgedInterface, INTERFACES_MAX, rateLimits } from '../contract/ve-interface.ts'
import { veLimits } from '../contract/ve-limits.ts'
import { firewallSettings } from '../firewall/resource.ts'
import { guestHostname } from './names.ts'

export const veDns = z.object({
  servers: z.array(ipAddress).check(z.maxLength(8, 'At most 8.')),
  search: z.array(hostname).check(z.maxLength(8, 'At most 8.')),
})

/** An interface's own settings; what is left out stays. Of routed ones only `rate` may be given. */
const interfaceSettings = z.object({
  id: z.uuid(),
  rate: z.optional(rateLimits),
  bridge: z.optional(bridgedInterface.shape.bridge),
  vlan: z.optional(bridgedInterface.shape.vlan),
  mac: z.optional(bridgedInterface.shape.mac),
  networks: z.optional(bridgedInterface.shape.networks),
  gateway4: z.optional(bridgedInterface.shape.gateway4),
  gateway6: z.optional(bridgedInterface.shape.gateway6),
})

/**
 * Changes to interfaces, by the ids of rows of ve_interface and ve_address. What is added was reserved as rows with
 * `pending` set, in the transaction that queues the change: they count when it succeeds, and are gone when it does not. What is
 * taken away keeps its row until then.
 */
const interfacesChange = z.object({
  add: z._default(z.array(z.uuid()).check(z.maxLength(INTERFACES_MAX)), []),
  remove: z._default(z.array(z.uuid()).check(z.maxLength(INTERFACES_MAX)), []),
  set: z._default(z.array(interfaceSettings).check(z.maxLength(INTERFACES_MAX)), []),
  assign: z._default(z.array(z.uuid()).check(z.maxLength(64)), []),
  release: z._default(z.array(z.uuid()).check(z.maxLength(64)), []),
})

/** A change as an operation keeps it. Root passwords are sealed beside it: `hasPassword` only says that there is one. */
export const veChange = z.object({
  hostname: z.optional(guestHostname),
  dns: z.optional(veDns),
  /** All of them, as they are to be. */
  limits: z.optional(veLimits),
  /** The version of a plan whose limits these are. */
  planVersionId: z.optional(z.uuid()),
  features: z.optional(veFeatures),
  namespaces: z.optional(z.array(z.enum(VE_NAMESPACES))),
  application: z.optional(veApplication),
  devices: z.optional(z.array(veDevice).check(z.maxLength(32, 'At most 32.'))),
  networkDevices: z.optional(z.array(veNetworkDevice).check(z.maxLength(INTERFACES_MAX, 'At most 16.'))),
  firewall: z.optional(firewallSettings),
  interfaces: z.optional(interfacesChange),
  /** Instead of those that it has; written into the VE's root account, also while it runs. */
  sshKeys: z.optional(z.array(sshPublicKey).check(z.maxLength(32, 'At most 32.'))),
  hasPassword: z.optional(z.boolean()),
})
export type VeChange = z.infer<typeof veChange>
export type VeInterfacesChange = z.infer<typeof interfacesChange>

/** What a running VE takes up only when it is started again; of its limits, see limits-next-start.ts. */
export const FROM_NEXT_START = ['features', 'namespaces', 'application'] as const satisfies (keyof VeChange)[]
