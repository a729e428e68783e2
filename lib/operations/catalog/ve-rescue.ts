import * as z from 'zod/mini'
import { defineOperation } from '../definition.ts'

/**
 * Starts a stopped VE from a small root made from a template's cache, its own disk mounted at /mnt/ve. Ended by ve-stop or
 * ve-restart. `templateId`: another template than its own. A root password is sealed apart; the VE's SSH keys open it too.
 */
export const veRescue = defineOperation({
  type: 've-rescue',
  label: 'Start in rescue',
  subject: 've',
  input: z.object({
    veId: z.uuid(),
    templateId: z.optional(z.uuid()),
    hasPassword: z.optional(z.boolean()),
  }),
  permission: 've:operate',
  ve: { from: ['stopped'], during: 'starting', evenSuspended: false },
  cancellable: true,
  deadlineSeconds: 180,
  steps: [{ name: 'rescue', label: 'Start from the rescue root' }],
})
