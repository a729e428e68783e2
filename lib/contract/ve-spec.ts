/** What a VE is asked to be: everything an agent needs to create and start it. Bytes and counts; null means unlimited. */
import * as z from 'zod/mini'
import { ARCHES } from './arch.ts'
import { hostname, ipAddress, name, sshPublicKey, veid } from './names.ts'
import { STORAGE_DRIVERS } from './storage.ts'
import { GIB, MIB } from './units.ts'
import { VE_KINDS, VE_NAMESPACES, veApplication } from './ve-application.ts'
import { veDevice, veNetworkDevice } from './ve-devices.ts'
import { veFeatures } from './ve-features.ts'
import { veFirewall } from './ve-firewall.ts'
import { INTERFACES_MAX, veInterface } from './ve-interface.ts'

/** Ids 0…65535 inside the VE are `base`…`base+65535` on the host. */
export const ID_RANGE_SIZE = 65_536
/** First id given out: above every system's ordinary users and Debian's default /etc/subuid range for the first of them. */
export const ID_RANGE_FIRST = 1_048_576

export const veLimits = z.object({
  diskBytes: z.int().check(z.gte(64 * MIB, 'At least 64 MiB.'), z.lte(16_384 * GIB, 'At most 16 TiB.')),
  memoryBytes: z.int().check(z.gte(16 * MIB, 'At least 16 MiB.'), z.lte(16_384 * GIB, 'At most 16 TiB.')),
  /** Swap on top of memory. */
  swapBytes: z.int().check(z.gte(0), z.lte(16_384 * GIB)),
  /** numproc: processes and threads. */
  processes: z.int().check(z.gte(16, 'At least 16.'), z.lte(4_194_304, 'At most 4194304.')),
  /** cpuunits as in OpenVZ: a weight from 8 to 500000, 1000 is ordinary. */
  cpuUnits: z.int().check(z.gte(8, 'At least 8.'), z.lte(500_000, 'At most 500000.')),
  /** cpulimit: percent of one CPU (200 is two CPUs); null for no cap. */
  cpuLimitPercent: z.nullable(z.int().check(z.gte(1, 'At least 1.'), z.lte(409_600))),
})
export type VeLimits = z.infer<typeof veLimits>

export const DEFAULT_LIMITS: VeLimits = {
  diskBytes: 4 * GIB,
  memoryBytes: 512 * MIB,
  swapBytes: 0,
  processes: 1024,
  cpuUnits: 1000,
  cpuLimitPercent: null,
}

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
