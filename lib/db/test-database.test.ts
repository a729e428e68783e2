import pg from 'pg'
import { expect, test } from 'vitest'
import { listMigrations } from './migrate.ts'
import { createTestDatabase } from './test-database.ts'

const withClient = async <T>(url: string, work: (client: pg.Client) => Promise<T>) => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

test('each database is migrated and its own', async () => {
  const [one, other] = [await createTestDatabase(), await createTestDatabase()]
  await withClient(one.url, (client) => client.query('create table only_here (id int)'))
  const tables = await withClient(other.url, (client) =>
    client.query("select tablename from pg_tables where schemaname = 'public'"),
  )
  const names = tables.rows.map((row) => row.tablename)
  expect(names).not.toContain('only_here')
  if (listMigrations(process.cwd()).length > 0) expect(names).toContain('_prisma_migrations')
  await one.drop()
  await other.drop()
})

test('a connection left open makes drop fail', async () => {
  const database = await createTestDatabase()
  await withClient(database.url, async () => {
    await expect(database.drop()).rejects.toThrow(/being accessed by other users/)
  })
  await database.drop()
})
