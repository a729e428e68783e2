import * as z from 'zod/mini'
import { STOP_SECONDS_MOST } from '../../contract/agent-constants.ts'
import { SUSPEND_REASONS } from '../../ves/suspension.ts'
import { defineOperation } from '../definition.ts'

/** Stops it if it runs (what is hibernated stays so), and keeps it from being started until the suspension is lifted. One that is suspended gets another reason. */
export const veSuspend = defineOperation({
  type: 've-suspend',
  label: 'Suspend',
  subject: 've',
  input: z.object({
    veId: z.uuid(),
    reason: z.enum(SUSPEND_REASONS),
    note: z.nullable(z.string()),
    timeoutSeconds: z.int().check(z.gte(0), z.lte(STOP_SECONDS_MOST)),
  }),
  permission: 've:suspend',
  only: 'above',
  ve: { from: ['running', 'stopped', 'hibernated'], during: null, evenSuspended: true },
  urgent: () => true,
  cancellable: false,
  deadlineSeconds: STOP_SECONDS_MOST + 300,
  steps: [
    { name: 'look', label: 'See whether it runs' },
    { name: 'halt', label: 'Ask init to halt' },
    { name: 'wait', label: 'Wait until it has halted' },
    { name: 'stop', label: 'Take it off the host' },
  ],
})
