import * as z from 'zod/mini'
import { defineOperation } from '../definition.ts'

/**
 * Gives the VEs that use an older version of a plan this one, a stage at a time: each VE by a change of its own, which is a part of
 * this operation and has its turn in the VE's queue. The first failure stops it; what was changed stays so.
 */
export const planRollOut = defineOperation({
  type: 'plan-roll-out',
  label: 'Roll out a plan',
  subject: 'plan',
  input: z.object({ planId: z.uuid(), version: z.int().check(z.gte(1)) }),
  permission: 'plan:manage',
  alongside: true,
  cancellable: true,
  deadlineSeconds: 86_400,
  steps: [
    { name: 'choose', label: 'Find the VEs that use an older version' },
    { name: 'first', label: 'Change the first VE' },
    { name: 'tenth', label: 'Change a tenth of them' },
    { name: 'rest', label: 'Change the rest' },
  ],
})
