/** What a VE is asked to be: everything an agent needs to create and start it. Bytes and counts; null means unlimited. */
import * as z from 'zod/mini'
import { ARCHES } from './arch.ts'
import { hostname, ipAddress, name, sshPublicKey, veid } from './names.ts'
import { STORAGE_DRIVERS } from './storage.ts'
import { VE_KINDS, VE_NAMESPACES, veApplication } from './ve-application.ts'
import { veDevice, veNetworkDevice } from './ve-devices.ts'
import { veFeatures } from './ve-features.ts'
import { veFirewall } from './ve-firewall.ts'
import { INTERFACES_MAX, veInterface } from './ve-interface.ts'
import { veLimits } from './ve-limits.ts'

/** Ids 0…65535 inside the VE are `base`…`base+65535` on the host. */
export const ID_RANGE_SIZE = 65_536
/** First id given out: above every system's ordinary users and Debian's default /etc/subuid range for the first of them. */
export const ID_RANGE_FIRST = 1_048_576

export const veSpec = z.object({
  veid,
  uuid: z.uuid(),
  /** Ownership epoch: an agent refuses a request with a lower one than it has seen for this VE. */
  epoch: z.int().check(z.gte(1)),
  name,
  hostname,
  arch: z.enum(ARCHES),
  idBase: z.int().check(z.gte(ID_RANGE_FIRST), z.multipleOf(ID_RANGE_SIZE)),
  storage: z.enum(STORAGE_DRIVERS),
  limits: veLimits,
  kind: z.enum(VE_KINDS),
  /** Of its own, beside mount: see ve-application.ts. A system container has at least SYSTEM_NAMESPACES. */
  namespaces: z.array(z.enum(VE_NAMESPACES)),
  /** Set if and only if `kind` is "application". */
  application: z.nullable(veApplication),
  features: veFeatures,
  devices: z.array(veDevice).check(z.maxLength(32)),
  networkDevices: z.array(veNetworkDevice).check(z.maxLength(INTERFACES_MAX)),
  interfaces: z.array(veInterface).check(z.maxLength(INTERFACES_MAX)),
  firewall: veFirewall,
  dns: z.object({
    servers: z.array(ipAddress).check(z.maxLength(8)),
    search: z.array(hostname).check(z.maxLength(8)),
  }),
})
export type VeSpec = z.infer<typeof veSpec>

/** Guest secrets and keys: used once at creation, travels only through stdin, never stored by the agent. */
export const veGuestAccess = z.object({
  rootPassword: z.optional(
    z
      .string()
      .check(
        z.minLength(8, 'At least 8 characters.'),
        z.maxLength(256),
        z.regex(/^[^\r\n:]+$/, 'No line breaks or colons.'),
      ),
  ),
  sshKeys: z.array(sshPublicKey).check(z.maxLength(32)),
})
export type VeGuestAccess = z.infer<typeof veGuestAccess>
