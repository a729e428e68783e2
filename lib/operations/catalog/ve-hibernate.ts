import * as z from 'zod/mini'
import { defineOperation } from '../definition.ts'

/** Writes its memory to the disk of its host and takes it off the kernel; ve-resume lets it go on where it was. */
export const veHibernate = defineOperation({
  type: 've-hibernate',
  label: 'Hibernate',
  subject: 've',
  input: z.object({ veId: z.uuid() }),
  permission: 've:operate',
  ve: { from: ['running'], during: 'hibernating', evenSuspended: false },
  cancellable: false,
  deadlineSeconds: 900,
  steps: [{ name: 'hibernate', label: 'Write its memory to the disk' }],
})
