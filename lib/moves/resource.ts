/** Moves as pages show them and the API takes and returns them. Browser-safe. */
import * as z from 'zod/mini'
import { STOP_SECONDS_MOST } from '../contract/agent-constants.ts'
import { MOVE_KINDS, moveObstacle } from '../contract/moves.ts'
import { reference, time } from '../contract/resource.ts'

export const veMoveCheckInput = z.object({ hostId: z.uuid('Choose a host.') })
export const veMoveInput = z.object({
  hostId: z.uuid('Choose a host.'),
  /** live: it runs on, connections stay. restart: it is stopped and started. cold: it is stopped already. Never chosen for you. */
  kind: z.enum(MOVE_KINDS, 'Choose how it is to move.'),
  /** Its disk stays on the host it leaves, where it can never be started. */
  keep: z.optional(z.boolean()),
  /** Of a move by a restart: how long init may take to halt before it is killed. Default 60. */
  timeoutSeconds: z.optional(
    z
      .int('A whole number.')
      .check(z.gte(0, 'At least 0.'), z.lte(STOP_SECONDS_MOST, `At most ${STOP_SECONDS_MOST}.`)),
  ),
})
export type VeMoveInput = z.infer<typeof veMoveInput>

/** What a move kept on the host that a VE left. Its `id` is that of the move. */
export const keptDisk = z.object({
  id: z.uuid(),
  veId: z.uuid(),
  host: reference,
  hostAnswers: z.boolean(),
  keptAt: time,
  /** Asked for: it is gone once that host has answered. */
  removing: z.boolean(),
})
export type KeptDisk = z.infer<typeof keptDisk>

/** What a check found: the `result` of its operation. */
export const moveCheck = z.object({
  hostId: z.uuid(),
  before: z.enum(['running', 'stopped']),
  obstacles: z.array(moveObstacle),
  possible: z.array(z.enum(MOVE_KINDS)),
  /** What its programs hold, and what its disk takes. */
  memoryBytes: z.int(),
  diskBytes: z.int(),
  /** How long it would stand still when moved live; null when no VE has moved between these hosts yet. */
  predictedMilliseconds: z.nullable(z.int()),
})
export type MoveCheck = z.infer<typeof moveCheck>

/** What a move took: the `result` of its operation. Milliseconds. */
export const moveResult = z.object({
  kind: z.enum(MOVE_KINDS),
  from: z.object({ id: z.uuid(), name: z.string() }),
  to: z.object({ id: z.uuid(), name: z.string() }),
  memoryBytes: z.int(),
  /** The disk, while it ran on. */
  passes: z.array(z.object({ bytes: z.int(), milliseconds: z.int() })),
  /** Sent while it stood still. */
  bytes: z.int(),
  predictedMilliseconds: z.nullable(z.int()),
  /** Of a live move: from the moment it stood still until it ran again. */
  freezeMilliseconds: z.nullable(z.int()),
  parts: z.object({
    stand: z.int(),
    dump: z.int(),
    disk: z.int(),
    images: z.int(),
    handover: z.int(),
    restore: z.int(),
  }),
  /** The host that it left has cleared up; if not, that is done once it answers. */
  cleared: z.boolean(),
})
export type MoveResult = z.infer<typeof moveResult>
