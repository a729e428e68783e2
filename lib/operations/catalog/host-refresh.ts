import * as z from 'zod/mini'
import { defineOperation } from '../definition.ts'

export const hostRefresh = defineOperation({
  type: 'host-refresh',
  label: 'Read facts again',
  subject: 'host',
  input: z.object({ hostId: z.uuid() }),
  permission: 'host:manage',
  cancellable: false,
  deadlineSeconds: 60,
  steps: [{ name: 'read-facts', label: 'Read facts and capabilities' }],
})
