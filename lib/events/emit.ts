import type { Db } from '../db/client.ts'
import { type CorralEvent, EVENT_CHANNEL } from './event.ts'

/** Tells all listeners once the transaction commits (NOTIFY is transactional, and folds repeats of one transaction). */
export async function emitEvent(tx: Db, event: CorralEvent): Promise<void> {
  await tx.$executeRaw`SELECT pg_notify(${EVENT_CHANNEL}, ${JSON.stringify(event)})`
}
