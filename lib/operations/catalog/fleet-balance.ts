import * as z from 'zod/mini'
import { AT_ONCE, PER_PAIR, plannedMoves } from '../../fleet/planned.ts'
import { defineOperation } from '../definition.ts'

/** Moves VEs between hosts for an even load, as proposed and confirmed: each by a move of its own. What fails stays where it is. */
export const fleetBalance = defineOperation({
  type: 'fleet-balance',
  label: 'Balance the fleet',
  subject: 'host',
  input: z.object({
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
    { name: 'move', label: 'Move VEs' },
    { name: 'judge', label: 'See what is left' },
  ],
})
