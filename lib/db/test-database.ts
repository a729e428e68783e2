import { randomBytes } from 'node:crypto'
import pg from 'pg'

export type TestDatabase = { url: string; drop: () => Promise<void> }

/**
 * A migrated, empty database for one test file. Close every connection to it, then call drop(): a connection
 * that is still open makes drop() fail, because a leak should be seen.
 *
 * ```ts
 * const database = await createTestDatabase()
 * afterAll(() => database.drop())
 * ```
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  const template = new URL(requireTemplateUrl())
  const name = `test_${process.pid}_${randomBytes(4).toString('hex')}`
  const url = new URL(template)
  url.pathname = `/${name}`
  await asAdmin(template, `create database ${name} template ${template.pathname.slice(1)}`)
  return { url: url.toString(), drop: () => asAdmin(template, `drop database ${name}`) }
}

function requireTemplateUrl(): string {
  const url = process.env.CORRAL_TEST_TEMPLATE_URL
  if (!url)
    throw new Error(
      'No test database server: run this through vitest or Playwright with the config of the checkout.',
    )
  return url
}

async function asAdmin(template: URL, statement: string) {
  const admin = new URL(template)
  admin.pathname = '/postgres'
  const client = new pg.Client({ connectionString: admin.toString() })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
