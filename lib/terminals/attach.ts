/** The first message from the web process to the worker, in place of the browser's `open`: the ticket is redeemed by then. */
import * as z from 'zod/mini'
import { openMessage, terminalSize } from './protocol.ts'

export const attachMessage = z.extend(terminalSize, {
  type: z.literal('attach'),
  terminalId: z.uuid(),
  received: openMessage.shape.received,
  /** Of the browser, for the audit log. */
  ipAddress: z.nullable(z.string()),
})
export type AttachMessage = z.infer<typeof attachMessage>
