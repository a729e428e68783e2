/** A VE as pages show it and the API returns it, and what is needed to create one. */
import * as z from 'zod/mini'
import { observedVe, veExit } from '../contract/agent-protocol.ts'
import { ARCHES } from '../contract/arch.ts'
import { ipAddress, name, sshPublicKey, veid } from '../contract/names.ts'
import { problemJson } from '../contract/problem.ts'
import { reference, time } from '../contract/resource.ts'
import { STORAGE_DRIVERS } from '../contract/storage.ts'
import { VE_KINDS, VE_NAMESPACES, veApplication } from '../contract/ve-application.ts'
import { veDevice, veNetworkDevice } from '../contract/ve-devices.ts'
import { veFeatures } from '../contract/ve-features.ts'
import { INTERFACE_KINDS, INTERFACES_MAX, rateLimits } from '../contract/ve-interface.ts'
import { veLimits, veLimitsPart } from '../contract/ve-limits.ts'
import { veGuestAccess } from '../contract/ve-spec.ts'
import { VE_STATES } from '../contract/ve-state.ts'
import { firewallSettings } from '../firewall/resource.ts'
import { HOST_STATUSES } from '../hosts/resource.ts'
import { veDns } from './change.ts'
import { veInterfaceInput } from './interfaces/input.ts'
import { bootOrder, guestHostname, spreadGroup, veTags, veText } from './names.ts'
import { SUSPEND_REASONS } from './suspension.ts'
import { TRAFFIC_ACTIONS } from './traffic-settings.ts'

/** An address, or of a pool that delegates a network such as 2001:db8:1::/64. */
const heldAddress = z.object({
  id: z.uuid(),
  address: z.string(),
  /** Null when the pool was removed since. */
  pool: z.nullable(reference),
  /** Reserved for a change that is under way. */
  pending: z.boolean(),
})
export const veInterfaceResource = z.object({
  id: z.uuid(),
  index: z.int(),
  kind: z.enum(INTERFACE_KINDS),
  ifname: z.string(),
  mac: z.nullable(z.string()),
  bridge: z.nullable(z.string()),
  vlan: z.nullable(z.int()),
  addresses: z.array(heldAddress),
  prefixes: z.array(heldAddress),
  networks: z.array(z.string()),
  gateway4: z.nullable(z.string()),
  gateway6: z.nullable(z.string()),
  rate: rateLimits,
  /** Reserved for a change that is under way. */
  pending: z.boolean(),
})
export type VeInterfaceResource = z.infer<typeof veInterfaceResource>

export const veSuspension = z.object({
  at: time,
  reason: z.enum(SUSPEND_REASONS),
  note: z.nullable(z.string()),
})

/** Bytes of both directions together, in the month that begins on `resetDay`. */
export const veTrafficResource = z.object({
  /** Null: no limit. */
  limitBytes: z.nullable(z.int()),
  action: z.enum(TRAFFIC_ACTIONS),
  /** What each direction of each interface is throttled to, in bits a second. */
  throttleBits: z.int(),
  resetDay: z.int(),
  periodFrom: z.iso.date(),
  nextPeriodFrom: z.iso.date(),
  usedBytes: z.int(),
  exceededAt: z.nullable(time),
})

export const veResource = z.object({
  id: z.uuid(),
  veid,
  /** Its owner. */
  account: reference,
  name: z.string(),
  hostname: z.string(),
  state: z.enum(VE_STATES),
  problem: z.nullable(problemJson),
  host: z.object({ id: z.uuid(), name: z.string(), simulated: z.boolean(), status: z.enum(HOST_STATUSES) }),
  template: reference,
  arch: z.enum(ARCHES),
  storage: z.enum(STORAGE_DRIVERS),
  limits: veLimits,
  /** The plan whose limits it was given last, and in which version; they may have been changed since. */
  plan: z.nullable(z.object({ id: z.uuid(), name: z.string(), version: z.int() })),
  addresses: z.array(z.string()),
  dns: z.object({ servers: z.array(z.string()), search: z.array(z.string()) }),
  description: z.string(),
  notes: z.string(),
  tags: z.array(z.string()),
  /** VEs of its account with the same word are kept on other hosts where that can be. Null: none. */
  spreadGroup: z.nullable(z.string()),
  kind: z.enum(VE_KINDS),
  /** Of its own, beside mount. */
  namespaces: z.array(z.enum(VE_NAMESPACES)),
  application: z.nullable(veApplication),
  features: veFeatures,
  devices: z.array(veDevice),
  networkDevices: z.array(veNetworkDevice),
  interfaces: z.array(veInterfaceResource),
  firewall: firewallSettings,
  /** The rule sets that `firewall` refers to. */
  firewallSets: z.array(reference),
  startOnBoot: z.boolean(),
  bootOrder: z.int(),
  suspended: z.nullable(veSuspension),
  /** It runs from the rescue root, its own disk mounted at /mnt/ve. */
  rescue: z.boolean(),
  /** It runs without some of what was changed since its start: it takes that up when it is started again. */
  pendingRestart: z.boolean(),
  /** Of a hibernated one: since when, and what its memory takes on the disk of its host. */
  hibernated: z.nullable(z.object({ at: time, bytes: z.int() })),
  /** Why its host cannot keep its memory (hibernate it, or take a snapshot with memory); null when it can. */
  checkpointObstacle: z.nullable(z.string()),
  /** How many there are of it: they go with it. */
  snapshots: z.int(),
  /** What all of them take beside its disk, as told last (null: not known), and what they may take. */
  snapshotBytes: z.nullable(z.int()),
  snapshotBytesMost: z.int(),
  /** How its init ended last. */
  lastExit: z.nullable(veExit),
  traffic: veTrafficResource,
  /** What the host's agent saw last, and when. */
  observed: z.nullable(observedVe),
  observedAt: z.nullable(time),
  startedAt: z.nullable(time),
  createdAt: time,
})
export type VeResource = z.infer<typeof veResource>

/** `rootPassword` is sealed before anything is stored. */
export const veCreateInput = z.object({
  name,
  hostname: guestHostname,
  templateId: z.uuid('Choose a template.'),
  /** Without it, placement chooses a host that has the template and room. */
  hostId: z.optional(z.uuid()),
  veid: z.optional(veid),
  /** Of its only interface, routed and called eth0. Without it, the next free address of each family is given. */
  addresses: z.optional(z.array(ipAddress).check(z.maxLength(16))),
  /** Instead: all of its interfaces. */
  interfaces: z.optional(z.array(veInterfaceInput).check(z.maxLength(INTERFACES_MAX, 'At most 16.'))),
  /** The limits of its latest version; `limits` go on top. */
  planId: z.optional(z.uuid('Choose a plan.')),
  limits: z.optional(veLimitsPart),
  /** What keeps its file system, for good; an image when nothing is said. */
  storage: z.optional(z.enum(STORAGE_DRIVERS)),
  dns: z.optional(veDns),
  rootPassword: veGuestAccess.shape.rootPassword,
  sshKeys: z.optional(z.array(sshPublicKey).check(z.maxLength(32))),
  start: z.optional(z.boolean()),
  kind: z.optional(z.enum(VE_KINDS)),
  /** Of an application container: what is its own (beside mount); the others it shares with the host. */
  namespaces: z.optional(z.array(z.enum(VE_NAMESPACES))),
  /** Needed if and only if `kind` is "application". */
  application: z.optional(veApplication),
  features: z.optional(z.partial(veFeatures)),
  description: z.optional(veText.description),
  notes: z.optional(veText.notes),
  tags: z.optional(veTags),
  spreadGroup: z.optional(spreadGroup),
  startOnBoot: z.optional(z.boolean()),
  bootOrder: z.optional(bootOrder),
})
export type VeCreateInput = z.infer<typeof veCreateInput>
