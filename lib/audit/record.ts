import type { Viewer } from '../auth/viewer.ts'
import type { Db } from '../db/client.ts'
import type { Prisma } from '../db/generated/client.ts'
import { storableJson } from '../db/storable.ts'
import { emitEvent } from '../events/emit.ts'
import type { AuditAction } from './actions.ts'

/** `userId` is null where nobody asked: the panel did it by itself. */
export type AuditActor = { userId: string | null; name: string }

/** Flat, for people. Never a secret. */
export type AuditDetails = Record<string, string | number | boolean | null | readonly string[]>

export type AuditEntry = {
  action: AuditAction
  actor: AuditActor
  /** Whose it is: who may read it later. */
  accountId: string
  veId?: string
  hostId?: string
  /** What it was done to, in words as they are now: the name of the VE. */
  subject: string
  details?: AuditDetails
  ipAddress?: string | null
}

/** Writes it down in the caller's transaction: together with what was done, or not at all. */
export async function recordAudit(tx: Db, entry: AuditEntry): Promise<void> {
  const { actor, details = {}, action, accountId, veId, hostId, subject, ipAddress } = entry
  const row = await tx.auditEvent.create({
    data: {
      actorId: actor.userId,
      actorName: actor.name,
      accountId,
      action,
      veId: veId ?? null,
      hostId: hostId ?? null,
      subject,
      details: storableJson(details) as Prisma.InputJsonObject,
      ipAddress: ipAddress ?? null,
    },
  })
  await emitEvent(tx, { topic: 'audit', id: row.id, accountId })
}

export const auditActor = (viewer: Viewer): AuditActor => ({ userId: viewer.userId, name: viewer.name })
