import * as z from 'zod/mini'
import { defineOperation } from '../definition.ts'

export const hostUpgradeAgent = defineOperation({
  type: 'host-upgrade-agent',
  label: 'Upgrade the agent',
  subject: 'host',
  input: z.object({ hostId: z.uuid() }),
  permission: 'host:manage',
  cancellable: false,
  deadlineSeconds: 120,
  steps: [
    { name: 'send-bundle', label: 'Send the signed agent' },
    { name: 'read-facts', label: 'Read facts and capabilities' },
  ],
})
