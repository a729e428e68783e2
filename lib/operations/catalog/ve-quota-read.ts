import * as z from 'zod/mini'
import { defineOperation } from '../definition.ts'

/** Has a VE's users and groups listed, with what they hold and may hold. Takes no turn: it only looks. */
export const veQuotaRead = defineOperation({
  type: 've-quota-read',
  label: 'Count users and groups',
  subject: 've',
  input: z.object({ veId: z.uuid() }),
  permission: 've:operate',
  ve: { from: ['running'], during: null, evenSuspended: false },
  alongside: true,
  cancellable: false,
  deadlineSeconds: 60,
  steps: [{ name: 'read', label: 'Ask its host' }],
})
