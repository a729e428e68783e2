import * as z from 'zod/mini'
import { AT_ONCE, PER_PAIR, plannedMoves } from '../../fleet/planned.ts'
import { defineOperation } from '../definition.ts'

/**
 * Moves the VEs of a host away as planned: each by a move of its own, which is a part of this operation and has its turn in the VE's
 * queue. What fails stays where it is, and the others go on. The host is in maintenance from the beginning, and stays so.
 */
export const hostEvacuate = defineOperation({
  type: 'host-evacuate',
  label: 'Evacuate',
  subject: 'host',
  input: z.object({
    hostId: z.uuid(),
    moves: plannedMoves,
    perPair: z.int().check(z.gte(1), z.lte(PER_PAIR.most)),
    atOnce: z.int().check(z.gte(1), z.lte(AT_ONCE.most)),
  }),
  permission: 'host:manage',
  only: 'provider',
  alongside: true,
  cancellable: true,
  deadlineSeconds: 86_400,
  steps: [
    { name: 'close', label: 'Place nothing new on it' },
    { name: 'move', label: 'Move its VEs' },
    { name: 'judge', label: 'See what is left' },
  ],
})
