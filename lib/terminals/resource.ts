/** Asking for a terminal: what the API takes and gives. */
import * as z from 'zod/mini'
import { TERMINAL_KINDS } from '../contract/agent-protocol.ts'
import { time } from '../contract/resource.ts'

export const terminalInput = z.object({
  /** A root shell, or the words of the VE's init. Default: console. */
  kind: z.optional(z.enum(TERMINAL_KINDS)),
  /** A terminal of this session that is still open: goes on there, with what was missed. Another is opened when it has ended. */
  resume: z.optional(z.uuid()),
})
export type TerminalInput = z.infer<typeof terminalInput>

/** `ticket` goes in the first message over the WebSocket at `url`, once, before `expiresAt`, in the same session. */
export const terminalTicket = z.object({
  terminalId: z.uuid(),
  url: z.string(),
  ticket: z.string(),
  expiresAt: time,
})
export type TerminalTicket = z.infer<typeof terminalTicket>
