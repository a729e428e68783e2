import * as z from 'zod/mini'
import { ownerGrace, ownerLimits, QUOTA_OWNER_KINDS, quotaOwnerId } from '../../contract/quota.ts'
import { defineOperation } from '../definition.ts'

/** Sets what one user or group inside a running VE may hold, or the grace of all of a kind. */
export const veQuotaSet = defineOperation({
  type: 've-quota-set',
  label: 'Set a quota',
  subject: 've',
  input: z.object({
    veId: z.uuid(),
    kind: z.enum(QUOTA_OWNER_KINDS),
    owner: z.optional(z.object({ id: quotaOwnerId, limits: ownerLimits })),
    grace: z.optional(ownerGrace),
  }),
  permission: 've:configure',
  ve: { from: ['running'], during: null, evenSuspended: false },
  cancellable: false,
  deadlineSeconds: 120,
  steps: [{ name: 'set', label: 'Set it on its host' }],
})
