/** A request that carries a key happens once: whoever sends the key again gets the first answer. */
import { createHmac } from 'node:crypto'
import { panelSecret } from '../auth/panel-secret.ts'
import { Problem } from '../contract/problem.ts'
import type { Db } from '../db/client.ts'

export type Answer = { status: number; body: unknown }

/** Namespace of the advisory lock on a key, so that it never meets another use of advisory locks. */
const LOCK_SEED = 0x1de_0001n
const KEPT_DAYS = 7

export type OnceKey = { actorId: string; key: string; digest: string }

/** `key` is null for a request without one. Throws `invalid-input` for a key that is empty, long or not printable. */
export function parseKey(key: string | null): string | null {
  if (key === null) return null
  if (/^[\x21-\x7e]{1,255}$/.test(key)) return key
  throw new Problem('invalid-input', 'Idempotency-Key: 1 to 255 printable characters without spaces.')
}

/** Keyed, because a request may hold a password: a plain digest of a short one could be guessed by who reads the database. */
export function requestDigest(...parts: string[]): string {
  return createHmac('sha256', panelSecret()).update(JSON.stringify(parts)).digest('base64url')
}

/**
 * Runs `work` unless this actor used the key before; then gives the stored answer. A second request that comes while the
 * first is under way waits for it. The answer is stored in the transaction of the work: either both are there or none.
 * Throws `idempotency-mismatch` when the key came with another request. A failed request stores nothing: it may be
 * corrected and sent again with the same key.
 */
export async function once(tx: Db, once: OnceKey, work: () => Promise<Answer>): Promise<Answer> {
  const { actorId, key, digest } = once
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${JSON.stringify([actorId, key])}, ${LOCK_SEED}))`
  const stored = await tx.idempotencyKey.findUnique({ where: { actorId_key: { actorId, key } } })
  if (stored && stored.digest !== digest)
    throw new Problem('idempotency-mismatch', 'This Idempotency-Key came with another request before.')
  if (stored) return { status: stored.status, body: JSON.parse(String(stored.body)) }
  const answer = await work()
  // As text: jsonb would bring the fields back in another order, and the same answer is the same to the byte.
  const body = JSON.stringify(answer.body ?? null)
  await tx.idempotencyKey.create({ data: { actorId, key, digest, status: answer.status, body } })
  await forgetOld(tx)
  return answer
}

/** Keys are for retries, not for history. Skips rows that another transaction holds, so that nobody waits here. */
async function forgetOld(tx: Db): Promise<void> {
  await tx.$executeRaw`
    DELETE FROM idempotency_key WHERE (actor_id, key) IN (
      SELECT actor_id, key FROM idempotency_key WHERE created_at < now() - make_interval(days => ${KEPT_DAYS})
      ORDER BY created_at LIMIT 20 FOR UPDATE SKIP LOCKED)`
}
