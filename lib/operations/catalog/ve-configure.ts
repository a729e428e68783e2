import * as z from 'zod/mini'
import { veChange } from '../../ves/change.ts'
import { defineOperation } from '../definition.ts'

/**
 * Changes a VE, running or stopped: its host first, its record when that succeeded. An empty change brings the host to what the
 * record says. A root password is sealed apart.
 */
export const veConfigure = defineOperation({
  type: 've-configure',
  label: 'Change',
  subject: 've',
  input: z.object({ veId: z.uuid(), change: veChange }),
  permission: 've:configure',
  ve: { from: ['running', 'stopped'], during: null, evenSuspended: true },
  cancellable: false,
  deadlineSeconds: 180,
  steps: [
    { name: 'compare', label: 'Compare with what it is' },
    { name: 'configure', label: 'Change it on its host' },
  ],
})
