import * as z from 'zod/mini'
import { STOP_SECONDS_MOST } from '../../contract/agent-constants.ts'
import { MOVE_KINDS } from '../../contract/moves.ts'
import { defineOperation } from '../definition.ts'

/**
 * Moves a VE to another host: lib/contract/moves.ts says in which order. `keep`: its disk stays on the host it leaves, where it can
 * never be started. `timeoutSeconds`: how long init may take to halt, of a move by a restart.
 */
export const veMove = defineOperation({
  type: 've-move',
  label: 'Move',
  subject: 've',
  input: z.object({
    veId: z.uuid(),
    hostId: z.uuid(),
    kind: z.enum(MOVE_KINDS),
    keep: z.boolean(),
    timeoutSeconds: z.int().check(z.gte(0), z.lte(STOP_SECONDS_MOST)),
  }),
  permission: 've:move',
  only: 'provider',
  ve: { from: ['running', 'stopped'], during: 'moving', evenSuspended: true },
  cancellable: true,
  deadlineSeconds: 6 * 3600,
  undoSeconds: 120,
  noReturn: 'activate',
  steps: [
    { name: 'look', label: 'See whether anything stands in the way' },
    { name: 'offer', label: 'Make a key for this move' },
    { name: 'receive', label: 'Keep a place on the other host' },
    { name: 'disk', label: 'Send the disk' },
    { name: 'halt', label: 'Ask init to halt' },
    { name: 'wait', label: 'Wait until it has halted' },
    { name: 'stop', label: 'Take it off its host' },
    { name: 'freeze', label: 'Send the last of it' },
    { name: 'activate', label: 'Let it go on over there' },
    { name: 'done', label: 'Clear up on the host it left' },
  ],
})
