/** Bearer tokens for the API: 256 random bits, of which only the SHA-256 digest is stored. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { type Db, db } from '../db/client.ts'
import { loadViewer } from './load-viewer.ts'
import type { Viewer } from './viewer.ts'

const MARK = 'crl_'
const TOKEN = /^crl_[A-Za-z0-9_-]{43}$/
const PREFIX_LENGTH = MARK.length + 6
/** How far `lastUsedAt` may lag: writing it on every request would make each read a write. */
const USE_NOTED_EVERY_MS = 60_000

/** A new token; it cannot be read back later. */
export function newToken(): string {
  return MARK + randomBytes(32).toString('base64url')
}

/** Stores a key for the token and gives its id. A random token needs no salt and no slow hash. */
export async function storeApiKey(
  tx: Db,
  key: { userId: string; name: string; token: string },
): Promise<string> {
  const { userId, name, token } = key
  const row = await tx.apiKey.create({
    data: { userId, name, prefix: token.slice(0, PREFIX_LENGTH), digest: digestOf(token) },
  })
  return row.id
}

/** The viewer that a token speaks for; null when it is unknown, revoked or expired. */
export async function viewerOfToken(token: string, now = new Date()): Promise<Viewer | null> {
  if (!TOKEN.test(token)) return null
  const digest = digestOf(token)
  const key = await db().apiKey.findUnique({ where: { digest } })
  if (!key || !sameText(key.digest, digest)) return null
  if (key.revokedAt || (key.expiresAt && key.expiresAt <= now)) return null
  await noteUse(key, now)
  return loadViewer(key.userId, { via: 'api-key', keyId: key.id })
}

async function noteUse(key: { id: string; lastUsedAt: Date | null }, now: Date): Promise<void> {
  if (key.lastUsedAt && now.getTime() - key.lastUsedAt.getTime() < USE_NOTED_EVERY_MS) return
  await db().apiKey.updateMany({ where: { id: key.id }, data: { lastUsedAt: now } })
}

export function digestOf(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}
