/** An address pool as pages show it and the API returns it, and what is needed to make and to change one. */
import * as z from 'zod/mini'
import { cidr, ipAddress, name } from '../contract/names.ts'
import { reference, time } from '../contract/resource.ts'
import { bridgedInterface, INTERFACE_KINDS } from '../contract/ve-interface.ts'
import { DELEGATED_LENGTHS, familyBits } from './ip-number.ts'

export const addressPoolResource = z.object({
  id: z.uuid(),
  name: z.string(),
  /** Of interfaces: what it gives out is routed to VEs, or lies on a bridge. */
  kind: z.enum(INTERFACE_KINDS),
  cidr: z.string(),
  first: z.string(),
  last: z.string(),
  /** Of a bridged pool. `gateway`: the default route of VEs; null: none leads there. */
  gateway: z.nullable(z.string()),
  bridge: z.nullable(z.string()),
  vlan: z.nullable(z.int()),
  /** Set: it gives out whole IPv6 networks of this length; `first`, `last`, `used` and `total` count those. */
  delegates: z.nullable(z.int()),
  /** It serves these hosts and groups; none of either: every host. */
  hosts: z.array(reference),
  groups: z.array(reference),
  used: z.int(),
  /** Null when there are more than a number holds exactly (IPv6). */
  total: z.nullable(z.int()),
  createdAt: time,
})
export type AddressPoolResource = z.infer<typeof addressPoolResource>

const BINDINGS_MAX = 1000
const bindings = z.array(z.uuid('An id.')).check(z.maxLength(BINDINGS_MAX, `At most ${BINDINGS_MAX}.`))

const delegatedLength = z
  .int('A whole number.')
  .check(
    z.gte(DELEGATED_LENGTHS.least, 'From 40 to 124: 64 is usual.'),
    z.lte(DELEGATED_LENGTHS.most, 'From 40 to 124: 64 is usual.'),
  )

type Draft = {
  kind?: string | undefined
  cidr: string
  gateway?: unknown
  bridge?: unknown
  vlan?: unknown
  delegates?: number | undefined
}

const isRouted = ({ kind }: Draft) => kind !== 'bridged'
const wrongWhen = (path: keyof Draft, error: string, wrong: (pool: Draft) => boolean) =>
  z.refine<Draft>((pool) => !wrong(pool), { path: [path], error })

const ONLY_BRIDGED = 'Only bridged pools have one.'

export const addressPoolCreateInput = z
  .object({
    name,
    cidr,
    /** Without them it gives out all of the prefix but network, broadcast and gateway. */
    first: z.optional(ipAddress),
    last: z.optional(ipAddress),
    /** Routed when left out. */
    kind: z.optional(z.enum(INTERFACE_KINDS)),
    gateway: z.optional(ipAddress),
    bridge: z.optional(bridgedInterface.shape.bridge),
    vlan: z.optional(bridgedInterface.shape.vlan),
    delegates: z.optional(delegatedLength),
    hostIds: z.optional(bindings),
    groupIds: z.optional(bindings),
  })
  .check(
    wrongWhen('gateway', ONLY_BRIDGED, (pool) => isRouted(pool) && pool.gateway !== undefined),
    wrongWhen('bridge', ONLY_BRIDGED, (pool) => isRouted(pool) && pool.bridge !== undefined),
    wrongWhen('vlan', ONLY_BRIDGED, (pool) => isRouted(pool) && (pool.vlan ?? null) !== null),
    wrongWhen(
      'bridge',
      'Name the bridge of the hosts that VEs are put on, such as br0.',
      (pool) => !isRouted(pool) && pool.bridge === undefined,
    ),
    wrongWhen(
      'delegates',
      'Only a routed pool gives out networks.',
      (pool) => !isRouted(pool) && pool.delegates !== undefined,
    ),
    wrongWhen(
      'delegates',
      'Only IPv6 networks are given out as a whole.',
      (pool) => pool.delegates !== undefined && familyBits(pool.cidr) === 32,
    ),
    wrongWhen(
      'delegates',
      'Longer than the prefix, or as long: a network of this length does not fit in.',
      (pool) => pool.delegates !== undefined && pool.delegates < Number(pool.cidr.split('/')[1]),
    ),
  )
export type AddressPoolCreateInput = z.infer<typeof addressPoolCreateInput>

/** What is left out stays. Interfaces that are there keep the gateway that they were made with. */
export const addressPoolUpdateInput = z.object({
  name: z.optional(name),
  first: z.optional(ipAddress),
  last: z.optional(ipAddress),
  gateway: z.optional(z.nullable(ipAddress)),
  hostIds: z.optional(bindings),
  groupIds: z.optional(bindings),
})
export type AddressPoolUpdateInput = z.infer<typeof addressPoolUpdateInput>
