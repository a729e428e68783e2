/** Level 2 of a VE as pages show it and the API returns it. Browser-safe. */
import * as z from 'zod/mini'
import { ownerGrace, quotaOwner } from '../contract/quota.ts'
import { time } from '../contract/resource.ts'

export const quotaResource = z.object({
  /** How many users and groups may be counted, its limit `quotaOwners`; 0: none are. */
  most: z.int(),
  /** Why they can be neither counted nor limited now; null when they can. */
  obstacle: z.nullable(z.string()),
  /** When they were counted last; null: never. What was set since is in `owners` too. */
  readAt: z.nullable(time),
  /** How many there were; `owners` are those with a limit, then those that hold most. */
  counted: z.nullable(z.int()),
  owners: z.array(quotaOwner),
  /** What the kernel does not hold it to; null when nothing. */
  notice: z.nullable(z.string()),
  grace: z.nullable(z.object({ user: ownerGrace, group: ownerGrace })),
})
export type QuotaResource = z.infer<typeof quotaResource>
