/** Something changed: what the pages listen for. Says only what and whose; readers fetch the rest with their own rights. */
import * as z from 'zod/mini'

export const EVENT_TOPICS = [
  'operation',
  've',
  'host',
  'template',
  'plan',
  'addresses',
  'host-group',
  'firewall-set',
  'audit',
  'setup',
] as const

export const corralEvent = z.object({
  topic: z.enum(EVENT_TOPICS),
  /** Id of the thing; null for a topic that has one thing. */
  id: z.nullable(z.string()),
  /** The account that owns it; null for what every signed-in person may know. */
  accountId: z.nullable(z.string()),
  /** For an operation: what it works on, so that the page of that thing hears of it too. */
  about: z.optional(z.array(z.string())),
})
export type CorralEvent = z.infer<typeof corralEvent>

/** PostgreSQL NOTIFY channel. */
export const EVENT_CHANNEL = 'corral_event'
