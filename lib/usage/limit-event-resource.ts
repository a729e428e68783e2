/** A limit that was hit, as pages and the API show it. Browser-safe. */
import * as z from 'zod/mini'
import { BEANCOUNTER_NAMES } from '../contract/beancounters.ts'
import { LIMIT_EVENT_KINDS } from '../contract/limit-event.ts'
import { time } from '../contract/resource.ts'
import { veLimitsPart } from '../contract/ve-limits.ts'

const amount = z.int()

/** Bytes or items of `parameter`; null limits are none. */
export const limitEventResource = z.object({
  id: z.uuid(),
  at: time,
  kind: z.enum(LIMIT_EVENT_KINDS),
  parameter: z.enum(BEANCOUNTER_NAMES),
  held: amount,
  barrier: z.nullable(amount),
  limit: z.nullable(amount),
  /** How often it was refused. */
  refusals: z.int(),
  /** What it held in the minute before, oldest first. */
  before: z.array(z.object({ at: time, held: amount })),
  /** The processes that held most of it, most first. */
  holders: z.array(z.object({ command: z.string(), held: amount })),
  /** What happened, in words for the VE's owner. */
  text: z.string(),
  /** Limits that would have let it pass, as the VE is now, and that pass the formulas; null when it has them already. */
  proposal: z.nullable(veLimitsPart),
})
export type LimitEventResource = z.infer<typeof limitEventResource>

/** Not counted: a log only grows. */
export const limitEventPage = z.object({ items: z.array(limitEventResource), next: z.nullable(z.string()) })
export type LimitEventPage = z.infer<typeof limitEventPage>
