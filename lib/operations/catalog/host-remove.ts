import * as z from 'zod/mini'
import { defineOperation } from '../definition.ts'

/** Forgets a host that holds no VE. The panel's key is taken off it when it answers; a host that is gone for good is only forgotten. */
export const hostRemove = defineOperation({
  type: 'host-remove',
  label: 'Remove host',
  subject: 'host',
  input: z.object({ hostId: z.uuid() }),
  permission: 'host:manage',
  cancellable: false,
  deadlineSeconds: 60,
  steps: [{ name: 'forget', label: 'Forget the host' }],
})
