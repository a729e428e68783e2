import type { Db } from '../db/client.ts'
import { emitEvent } from '../events/emit.ts'

/** What an event about an operation needs to know of it. */
export type OperationSubjects = {
  id: string
  accountId: string
  hostId: string | null
  veId: string | null
  templateId: string | null
  planId: string | null
}

/** Tells that an operation changed; the pages of what it works on hear of it too. */
export function emitOperationEvent(tx: Db, operation: OperationSubjects): Promise<void> {
  const about = [operation.veId, operation.hostId, operation.templateId, operation.planId].filter(
    (id) => id !== null,
  )
  return emitEvent(tx, { topic: 'operation', id: operation.id, accountId: operation.accountId, about })
}

/** Tells that a VE changed. */
export function emitVeEvent(tx: Db, ve: { id: string; accountId: string }): Promise<void> {
  return emitEvent(tx, { topic: 've', id: ve.id, accountId: ve.accountId })
}
