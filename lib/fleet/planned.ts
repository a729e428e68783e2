/** One move of a plan, and how many run at once. Browser-safe; apart from resource.ts, which knows operations. */
import * as z from 'zod/mini'
import { MOVE_KINDS } from '../contract/moves.ts'
import { reference } from '../contract/resource.ts'

const MOVES_MOST = 2000

export const plannedMove = z.object({
  ve: reference,
  from: reference,
  to: reference,
  kind: z.enum(MOVE_KINDS),
})
export type PlannedMove = z.infer<typeof plannedMove>
export const plannedMoves = z.array(plannedMove).check(z.maxLength(MOVES_MOST, `At most ${MOVES_MOST}.`))

/** How many moves run at once: between the same two hosts, and in all. */
export const PER_PAIR = { usual: 2, most: 8 }
export const AT_ONCE = { usual: 4, most: 8 }
/** Of all plans together: a move may take hours, and a worker does 16 things at once. */
export const FLEET_MOST = 10
