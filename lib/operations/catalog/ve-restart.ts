import * as z from 'zod/mini'
import { STOP_SECONDS_MOST } from '../../contract/agent-constants.ts'
import { defineOperation } from '../definition.ts'

/** Halts it as ve-stop does and starts it again: with all that was changed meanwhile, and from its own disk if it was rescued. */
export const veRestart = defineOperation({
  type: 've-restart',
  label: 'Restart',
  subject: 've',
  input: z.object({ veId: z.uuid(), timeoutSeconds: z.int().check(z.gte(0), z.lte(STOP_SECONDS_MOST)) }),
  permission: 've:operate',
  ve: { from: ['running'], during: 'starting', evenSuspended: false },
  cancellable: false,
  deadlineSeconds: STOP_SECONDS_MOST + 420,
  steps: [
    { name: 'halt', label: 'Ask init to halt' },
    { name: 'wait', label: 'Wait until it has halted' },
    { name: 'stop', label: 'Take it off the host' },
    { name: 'start', label: 'Start' },
  ],
})
