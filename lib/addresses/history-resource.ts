/** Who had an address, and when. */
import * as z from 'zod/mini'
import { cidr, ipAddress } from '../contract/names.ts'
import { reference, time } from '../contract/resource.ts'
import { listQuery } from '../db/keyset.ts'

export const addressHistoryEntry = z.object({
  id: z.uuid(),
  /** A host's address, or a network that was given out as a whole. */
  address: z.string(),
  /** Null when the pool was removed since. */
  pool: z.nullable(reference),
  /** As it is called now, or was last. */
  ve: z.object({ id: z.uuid(), name: z.string(), veid: z.int(), destroyed: z.boolean() }),
  ifname: z.string(),
  from: time,
  /** Null: it has it still. */
  until: z.nullable(time),
})
export type AddressHistoryEntry = z.infer<typeof addressHistoryEntry>

/** Not counted: a history only grows. */
export const addressHistoryPage = z.object({
  items: z.array(addressHistoryEntry),
  next: z.nullable(z.string()),
})
export type AddressHistoryPage = z.infer<typeof addressHistoryPage>

const { cursor, limit } = listQuery
/** Narrowed to one address (also one out of a network that was given out), and to who had it at one moment. */
const narrowed = {
  cursor,
  limit,
  address: z.optional(z.union([ipAddress, cidr], 'An address, such as 192.0.2.10.')),
  at: z.optional(time),
}
export const veAddressHistoryQuery = z.object(narrowed)
export const poolAddressHistoryQuery = z.object({ ...narrowed, veId: z.optional(z.uuid('An id.')) })
export const addressHistoryQuery = z.object({
  ...narrowed,
  veId: z.optional(z.uuid('An id.')),
  poolId: z.optional(z.uuid('An id.')),
})
export type AddressHistoryQuery = z.infer<typeof addressHistoryQuery>
