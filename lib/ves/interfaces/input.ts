/** What is needed to give a VE an interface, and to change one. Browser-safe. */
import * as z from 'zod/mini'
import { ipAddress, ipv4, ipv6 } from '../../contract/names.ts'
import { ifname, mac, rateLimits } from '../../contract/ve-interface.ts'

const ADDRESSES_MAX = 16
const addresses = z.array(ipAddress).check(z.maxLength(ADDRESSES_MAX, `At most ${ADDRESSES_MAX} at a time.`))
const poolIds = z
  .array(z.uuid('An id.'))
  .check(z.maxLength(ADDRESSES_MAX, `At most ${ADDRESSES_MAX} at a time.`))

const common = {
  /** Without it, the first of eth0, eth1 … that the VE does not have. */
  ifname: z.optional(ifname),
  /**
   * These addresses, and the next free one of each of these pools (a whole network of one that delegates). Without either: the
   * next free address of each family for which a pool of this kind serves the host.
   */
  addresses: z.optional(addresses),
  poolIds: z.optional(poolIds),
  rate: z.optional(rateLimits),
}

export const veInterfaceInput = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('routed'),
    ...common,
    /** Also the next free IPv6 network of a pool that delegates, such as a /64. */
    delegate: z.optional(z.boolean()),
  }),
  z.object({
    kind: z.literal('bridged'),
    ...common,
    /** Without it, one is made up. Only the provider chooses. */
    mac: z.optional(mac),
    /** Null: no default route this way. Left out: the pool's, if the VE has no other default route of this family. */
    gateway4: z.optional(z.nullable(ipv4)),
    gateway6: z.optional(z.nullable(ipv6)),
  }),
])
export type VeInterfaceInput = z.infer<typeof veInterfaceInput>

/** What is left out stays. */
export const veInterfaceUpdateInput = z.object({
  rate: z.optional(rateLimits),
  /** Those that it is to have: others are given back. */
  addresses: z.optional(addresses),
  /** Beside those: the next free one of each of these pools. */
  poolIds: z.optional(poolIds),
  /** Of a routed one. True: it gets an IPv6 network if it has none; false: it gives its networks back. */
  delegate: z.optional(z.boolean()),
  /** Of a bridged one; null: no default route this way. */
  gateway4: z.optional(z.nullable(ipv4)),
  gateway6: z.optional(z.nullable(ipv6)),
})
export type VeInterfaceUpdateInput = z.infer<typeof veInterfaceUpdateInput>
