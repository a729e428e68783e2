/** What a VE held of each beancounter in the last day, and how often it was refused. Browser-safe. */
import * as z from 'zod/mini'
import { BEANCOUNTER_NAMES } from '../contract/beancounters.ts'

/** 48 steps of half an hour. */
export const HISTORY_STEPS = 48
export const HISTORY_STEP_SECONDS = 1_800

/** `held` is oldest first, the mean of each step, null where it is not known. */
export const beancounterHistory = z.record(
  z.enum(BEANCOUNTER_NAMES),
  z.object({ held: z.array(z.nullable(z.int())), failsSinceYesterday: z.int() }),
)
export type BeancounterHistory = z.infer<typeof beancounterHistory>
