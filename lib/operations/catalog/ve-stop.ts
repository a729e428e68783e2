import * as z from 'zod/mini'
import { STOP_SECONDS_MOST } from '../../contract/agent-constants.ts'
import { defineOperation } from '../definition.ts'

/**
 * Asks init to halt, waits `timeoutSeconds`, then kills; 0 kills at once. Of a hibernated VE it throws the memory away, which has to
 * be said with `discardMemory`.
 */
export const veStop = defineOperation({
  type: 've-stop',
  label: 'Stop',
  subject: 've',
  input: z.object({
    veId: z.uuid(),
    timeoutSeconds: z.int().check(z.gte(0), z.lte(STOP_SECONDS_MOST)),
    discardMemory: z.optional(z.boolean()),
  }),
  permission: 've:operate',
  ve: { from: ['running', 'hibernated'], during: 'stopping', evenSuspended: true },
  urgent: ({ timeoutSeconds }) => timeoutSeconds === 0,
  cancellable: false,
  deadlineSeconds: STOP_SECONDS_MOST + 300,
  steps: [
    { name: 'halt', label: 'Ask init to halt' },
    { name: 'wait', label: 'Wait until it has halted' },
    { name: 'stop', label: 'Take it off the host' },
  ],
})
