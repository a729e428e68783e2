/** Browser-safe. */
import * as z from 'zod/mini'
import { ownerGrace, ownerLimits, QUOTA_OWNER_KINDS, quotaOwnerId } from '../contract/quota.ts'

/** `owner.id`: its number as the VE counts, 0…65535, or its name there. Of the limits all are set; null takes one away. */
export const quotaChange = z.object({
  kind: z.enum(QUOTA_OWNER_KINDS),
  owner: z.optional(z.object({ id: quotaOwnerId, limits: ownerLimits })),
  grace: z.optional(ownerGrace),
})
export type QuotaChange = z.infer<typeof quotaChange>
