/**
 * What browser and panel say to each other over a terminal's WebSocket. Binary messages are bytes of the terminal, both ways;
 * text messages are JSON and control it.
 *
 *   browser → panel   open (first), then resize, ack, ping, stay, close
 *   panel → browser   opened (first), then warning, pong, and at last end
 *
 * Output is counted in bytes since the shell began. The browser says how much it has had: whoever comes back gets the rest,
 * and who does not keep up holds up the VE.
 */
import * as z from 'zod/mini'
import { problemJson } from '../contract/problem.ts'

const count = z.int().check(z.gte(0))
/** In characters. */
export const terminalSize = z.object({
  columns: z.int().check(z.gte(2), z.lte(1000)),
  rows: z.int().check(z.gte(1), z.lte(1000)),
})
export type TerminalSize = z.infer<typeof terminalSize>

/** The ticket goes in here and never in a URL, which proxies write into their logs. */
export const openMessage = z.extend(terminalSize, {
  type: z.literal('open'),
  ticket: z.string().check(z.maxLength(100)),
  received: count,
})
export type OpenMessage = z.infer<typeof openMessage>

export const fromBrowser = z.discriminatedUnion('type', [
  z.extend(terminalSize, { type: z.literal('resize') }),
  z.object({ type: z.literal('ack'), received: count }),
  z.object({ type: z.literal('ping') }),
  z.object({ type: z.literal('stay') }),
  z.object({ type: z.literal('close') }),
])
export type FromBrowser = z.infer<typeof fromBrowser>

/** Why a terminal ended. Append-only: stored with it. */
export const TERMINAL_ENDS = [
  'exited',
  'closed',
  'idle',
  'abandoned',
  'replaced',
  'session-ended',
  'forbidden',
  've-stopped',
  've-suspended',
  've-moved',
  've-destroyed',
  'host-lost',
  'worker-changed',
  'worker-away',
  'refused',
  'failed',
] as const
export type TerminalEnd = (typeof TERMINAL_ENDS)[number]

export const fromPanel = z.discriminatedUnion('type', [
  /** Output follows from byte `from`; `lost` bytes before it are gone. A new shell begins at 0. */
  z.object({ type: z.literal('opened'), terminalId: z.uuid(), from: count, lost: count }),
  /** Ends in so many seconds unless somebody types, or says that they stay. */
  z.object({ type: z.literal('warning'), seconds: count }),
  z.object({ type: z.literal('pong') }),
  z.object({ type: z.literal('end'), reason: z.enum(TERMINAL_ENDS), problem: z.optional(problemJson) }),
])
export type FromPanel = z.infer<typeof fromPanel>

/** Parses a text message; null when it is none of ours. */
export function parseMessage<S extends z.ZodMiniType>(schema: S, text: string): z.infer<S> | null {
  try {
    const result = schema.safeParse(JSON.parse(text))
    return result.success ? (result.data as z.infer<S>) : null
  } catch {
    return null
  }
}
