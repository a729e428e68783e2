import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { digestOf, newToken } from '../lib/auth/api-key.ts'
import { databaseUrl } from './panel.ts'

/** A customer of the same provider, with an account of their own and an API token, which is returned. */
export async function makeStranger(): Promise<string> {
  const client = new pg.Client({ connectionString: databaseUrl() })
  await client.connect()
  try {
    const [accountId, userId, token] = [randomUUID(), randomUUID(), newToken()]
    await client.query(
      `INSERT INTO account (id, kind, name, parent_id)
       SELECT $1, 'customer', 'Stranger', id FROM account WHERE kind = 'provider' LIMIT 1`,
      [accountId],
    )
    await client.query(
      `INSERT INTO "user" (id, name, email, updated_at) VALUES ($1, 'Sam Stranger', $2, now())`,
      [userId, `${userId}@example.org`],
    )
    await client.query(`INSERT INTO membership (user_id, account_id, role) VALUES ($1, $2, 'admin')`, [
      userId,
      accountId,
    ])
    await client.query(
      `INSERT INTO api_key (id, user_id, name, prefix, digest) VALUES ($1, $2, 'test', $3, $4)`,
      [randomUUID(), userId, token.slice(0, 10), digestOf(token)],
    )
    return token
  } finally {
    await client.end()
  }
}

/** A template for an architecture that no host here has: none could build it, so no page can make it. */
export async function makeForeignTemplate(name: string): Promise<string> {
  const client = new pg.Client({ connectionString: databaseUrl() })
  await client.connect()
  try {
    const id = randomUUID()
    const definition = { family: 'debian', suite: 'trixie', arch: 'ia64', init: 'sysvinit', packages: [] }
    await client.query(
      `INSERT INTO template (id, account_id, name, arch, definition, status)
       SELECT $1, id, $2, 'ia64', $3, 'ready' FROM account WHERE kind = 'provider' LIMIT 1`,
      [id, name, definition],
    )
    // As if a host of that architecture had built it, and been replaced by one of another since.
    await client.query(
      `INSERT INTO template_cache (template_id, host_id, cache, digest, size_bytes, disk_bytes, packages)
       SELECT $1, id, 'foreign', $2, 1, 1, 1 FROM host WHERE name = 'sim1'`,
      [id, `sha256:${'0'.repeat(64)}`],
    )
    return id
  } finally {
    await client.end()
  }
}
