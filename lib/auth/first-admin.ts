/** The first account, its first administrator and an API key, so that somebody can get in at all. */
import { randomBytes, randomUUID } from 'node:crypto'
import { hashPassword, verifyPassword } from 'better-auth/crypto'
import { type Db, db, transaction } from '../db/client.ts'
import { newToken, storeApiKey, viewerOfToken } from './api-key.ts'

export type FirstAdminInput = { email?: string; password?: string; apiToken?: string }

/** `password` and `apiToken` are null when the administrator exists already and the password given is not theirs. */
export type FirstAdmin = {
  email: string
  password: string | null
  apiToken: string | null
  created: boolean
}

const DEFAULT_EMAIL = 'admin@corral.local'
const KEY_NAME = 'npm run up'
const FIRST_ADMIN_LOCK = 0xad_0001n

/**
 * Makes the provider's account with its first administrator when there is no user at all. Called again with the same
 * e-mail and password it changes nothing and answers the same; only the API token is made anew when it is not given, or
 * is not valid any more. So a run that was interrupted anywhere is simply repeated with what it wrote down first.
 */
export async function ensureFirstAdmin(input: FirstAdminInput = {}): Promise<FirstAdmin> {
  const email = (input.email ?? DEFAULT_EMAIL).toLowerCase()
  const password = input.password ?? randomBytes(18).toString('base64url')
  const hash = await hashPassword(password)
  const created = await transaction(async (tx) => {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(${FIRST_ADMIN_LOCK})`
    if ((await tx.user.count()) > 0) return false
    await create(tx, email, hash)
    return true
  })
  const userId = await userWith(email, password)
  if (!userId) return { email, password: null, apiToken: null, created: false }
  return { email, password, apiToken: await ensureToken(userId, input.apiToken), created }
}

async function create(tx: Db, email: string, hash: string): Promise<void> {
  const account = await tx.account.create({ data: { kind: 'provider', name: 'Provider' } })
  const id = randomUUID()
  await tx.user.create({ data: { id, email, name: 'Administrator', emailVerified: true } })
  // As better-auth itself stores a password; its "accountId" is the user's id for this kind of identity.
  await tx.identity.create({
    data: { id: randomUUID(), userId: id, accountId: id, providerId: 'credential', password: hash },
  })
  await tx.membership.create({ data: { userId: id, accountId: account.id, role: 'admin' } })
}

async function userWith(email: string, password: string): Promise<string | null> {
  const user = await db().user.findUnique({ where: { email }, include: { identities: true } })
  const hash = user?.identities.find(({ providerId }) => providerId === 'credential')?.password
  if (!user || !hash) return null
  return (await verifyPassword({ hash, password })) ? user.id : null
}

/** A token that was lost opens nothing any more: the key it belonged to is revoked when a new one is made. */
async function ensureToken(userId: string, token: string | undefined): Promise<string> {
  if (token && (await viewerOfToken(token))?.userId === userId) return token
  const fresh = newToken()
  await transaction(async (tx) => {
    await tx.apiKey.updateMany({
      where: { userId, name: KEY_NAME, revokedAt: null },
      data: { revokedAt: new Date() },
    })
    await storeApiKey(tx, { userId, name: KEY_NAME, token: fresh })
  })
  return fresh
}
