/** The flight recorder: what went on in a VE when one of its limits refused something, or the kernel killed a process of it. */
import * as z from 'zod/mini'
import { BEANCOUNTER_NAMES } from './beancounters.ts'
import { veid } from './names.ts'

export const LIMIT_EVENT_KINDS = ['refused', 'killed'] as const

/** At most this many of each. */
export const LIMIT_EVENT_HOLDERS = 5
export const LIMIT_EVENT_SECONDS = 60

export const limitEvent = z.object({
  veid,
  uuid: z.uuid(),
  /** Unique: the same event may be told twice. */
  id: z.string(),
  /** Milliseconds since 1970, as all times here. */
  at: z.int(),
  kind: z.enum(LIMIT_EVENT_KINDS),
  parameter: z.enum(BEANCOUNTER_NAMES),
  held: z.int(),
  barrier: z.nullable(z.int()),
  limit: z.nullable(z.int()),
  /** How often it was refused since the last look. */
  refusals: z.int(),
  /** What it held in the minute before, oldest first. */
  before: z.array(z.object({ at: z.int(), held: z.int() })),
  /** The processes that held most of it, most first; `pid` as the host sees it. */
  holders: z.array(z.object({ pid: z.int(), command: z.string(), held: z.int() })),
})
export type LimitEvent = z.infer<typeof limitEvent>
