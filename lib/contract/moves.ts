/**
 * Moves of a VE between two hosts. Data goes straight from the source to the destination, by SSH with a key that is made for this one
 * move; the panel only says what is next. The order, each step repeatable and up to `move-freeze` undone by `move-cancel`:
 *
 *   source        destination
 *   move-offer                      a key pair of this move; its private half never leaves the source
 *                 move-receive      the key may do one thing from one address until it expires; a place for the VE is kept
 *   move-disk                       the disk in passes, while the VE runs on
 *   move-freeze                     (live) network cut, frozen, memory and the last of the disk sent; the release is journalled
 *                 move-activate     with the release: the VE is this host's, as of the new epoch, and goes on
 *   move-done                       the source forgets the VE, or keeps its disk as asked; an older epoch is refused for ever
 *
 * Once the source has journalled the release it never thaws the VE by itself: only after the destination has journalled, by
 * `move-cancel`, that it never will activate this move.
 *
 * What the destination receives is checked as an enemy's, but for the memory of a live move: CRIU restores what the source's CRIU wrote,
 * as the destination's root. Hosts of a fleet therefore trust each other as far as live moves between them are made.
 */
import * as z from 'zod/mini'
import { veKey } from './ve-key.ts'
import { veSpec } from './ve-spec.ts'

/** live: processes and TCP connections go on. restart: it is stopped, the last bytes are sent, it is started. cold: it did not run. */
export const MOVE_KINDS = ['live', 'restart', 'cold'] as const
export type MoveKind = (typeof MOVE_KINDS)[number]

/** `text`: what it means for whoever uses the VE. */
export const MOVE_KIND: Record<MoveKind, { label: string; text: string }> = {
  live: { label: 'Live', text: 'Its programs and connections go on; it stands still for a moment.' },
  restart: {
    label: 'With a restart',
    text: 'It is stopped, and started on the other host: connections break.',
  },
  cold: { label: 'Cold', text: 'It does not run, and does not afterwards.' },
}

const moveKey = { ...veKey, move: z.uuid() }

/** Why it cannot move, in plain words, and what would make it possible. `kinds`: which ways it stands in the way of. */
export const moveObstacle = z.object({
  kinds: z.array(z.enum(MOVE_KINDS)),
  text: z.string(),
  remedy: z.nullable(z.string()),
})
export type MoveObstacle = z.infer<typeof moveObstacle>

/** What the destination has to match: what a checkpoint of this host's leans on. */
export const moveOrigin = z.object({
  machine: z.string(),
  kernel: z.string(),
  criu: z.nullable(z.string()),
  cpuFlags: z.array(z.string()),
  cgroupVersion: z.int(),
})
export type MoveOrigin = z.infer<typeof moveOrigin>

/** Where the source sends to. `hostKeys`: lines of known_hosts without their first word. */
export const moveTarget = z.object({
  address: z.string().check(z.maxLength(64)),
  port: z.int().check(z.gte(1), z.lte(65535)),
  hostKeys: z.array(z.string().check(z.maxLength(2000))).check(z.minLength(1)),
})
export type MoveTarget = z.infer<typeof moveTarget>

/** 256 random bits of the source's, in hexadecimal. */
const release = z.string().check(z.regex(/^[0-9a-f]{64}$/))

/** `observedVe` is agent-protocol.ts's, which spreads these. */
export const moveMethods = <O extends z.ZodMiniType>(observedVe: O) =>
  ({
    /** On the source, before anything is done: asked of CRIU itself where that can be. */
    'move-look': {
      journalled: false,
      params: z.object(veKey),
      result: z.object({
        obstacles: z.array(moveObstacle),
        origin: moveOrigin,
        memoryBytes: z.int(),
        diskBytes: z.int(),
      }),
    },
    /** On the destination, before anything is done. `spec` is as it would be there. */
    'move-fits': {
      journalled: false,
      params: z.object({ spec: veSpec, origin: moveOrigin, diskBytes: z.int() }),
      result: z.object({ obstacles: z.array(moveObstacle) }),
    },
    'move-offer': {
      journalled: true,
      params: z.object(moveKey),
      result: z.object({ publicKey: z.string() }),
    },
    /** `spec` has the new epoch. `from`: the address that the source connects from. `expiresAt`: milliseconds since 1970. */
    'move-receive': {
      journalled: true,
      params: z.object({
        spec: veSpec,
        move: z.uuid(),
        publicKey: z.string().check(z.maxLength(2000)),
        from: z.string().check(z.maxLength(64)),
        expiresAt: z.int(),
      }),
      result: z.object({ hostKeys: z.array(z.string()) }),
    },
    'move-disk': {
      journalled: true,
      params: z.object({ ...moveKey, target: moveTarget }),
      result: z.object({ passes: z.array(z.object({ bytes: z.int(), milliseconds: z.int() })) }),
    },
    /** `live`: of a running VE. Without it the VE has to be stopped already, and only the last of its disk is sent. */
    'move-freeze': {
      journalled: true,
      params: z.object({ ...moveKey, target: moveTarget, live: z.boolean() }),
      result: z.object({
        release,
        bytes: z.int(),
        /**
         * Milliseconds of the freeze, one after the other; 0 where there was none. `disk`: until it was flushed and copied, and is sent,
         * the dump beside it; `dump`: the rest of that; `images`: what was left to send then, until all is there.
         */
        parts: z.object({ stand: z.int(), dump: z.int(), disk: z.int(), images: z.int() }),
      }),
    },
    /**
     * `start`: of one that was not moved live. `restoreMilliseconds` ends when it runs. Throws `restore-failed`: it was not let go, is
     * hibernated here, and can be cancelled; asked again it is restored again. Throws `ve-state-forbids` where the move was cancelled, the release is another, or
     * the host has restarted since the memory came: the move can be cancelled then.
     */
    'move-activate': {
      journalled: true,
      params: z.object({ spec: veSpec, move: z.uuid(), release, start: z.boolean() }),
      result: z.object({ ve: observedVe, restoreMilliseconds: z.int() }),
    },
    /** `keep`: its disk stays on the source, where it can never be started, until it is destroyed. */
    'move-done': {
      journalled: true,
      params: z.object({ ...moveKey, newEpoch: z.int().check(z.gte(2)), keep: z.boolean() }),
      result: z.object({}),
    },
    /**
     * On the destination: all that came is removed, the key too, and this move is never activated; refused (`ve-state-forbids`) when it
     * has been, but for memory that could not be restored, or that a restart of the host has torn: that was never let go. The epoch is no matter there. On the source: the VE goes on as before; once it was released only with
     * `dropped`, which says that the destination has answered the same request.
     */
    'move-cancel': {
      journalled: true,
      params: z.object({ ...moveKey, dropped: z.boolean() }),
      result: z.object({ ve: z.nullable(observedVe) }),
    },
  }) as const
