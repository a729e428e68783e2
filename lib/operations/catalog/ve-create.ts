import * as z from 'zod/mini'
import { defineOperation } from '../definition.ts'

/**
 * The VE row (host, address, id range reserved) exists already, in state "creating". `hasPassword`: a root password is
 * sealed apart, and wiped when the operation ends. `snapshotId`: from a snapshot of another VE in place of its template.
 */
export const veCreate = defineOperation({
  type: 've-create',
  label: 'Create',
  subject: 've',
  input: z.object({
    veId: z.uuid(),
    start: z.boolean(),
    hasPassword: z.optional(z.boolean()),
    snapshotId: z.optional(z.uuid()),
    keepIdentity: z.optional(z.boolean()),
  }),
  permission: 've:create',
  ve: { from: [], during: 'creating', evenSuspended: true },
  cancellable: true,
  deadlineSeconds: 300,
  steps: [{ name: 'create', label: 'Make the VE' }],
})
