import path from 'node:path'
import pg from 'pg'
import { expect, test } from 'vitest'
import { deployMigrations, listMigrations, pendingMigrations } from './migrate.ts'
import { createTestDatabase } from './test-database.ts'

const CHECKOUT = path.resolve(import.meta.dirname, '../..')

/** It starts its CLI and its engine for each command. */
const PRISMA_IS_SLOW = { timeout: 90_000 }

async function query(url: string, statement: string) {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(statement)).rows
  } finally {
    await client.end()
  }
}

test('a migration that was interrupted is done again', PRISMA_IS_SLOW, async () => {
  const database = await createTestDatabase()
  const last = listMigrations(CHECKOUT).at(-1) as string
  expect(await pendingMigrations(CHECKOUT, database.url)).toEqual([])

  // What a run leaves that was killed in its first migration: a row without an end, and nothing else.
  await query(database.url, 'drop schema public cascade; create schema public')
  await query(
    database.url,
    `create table _prisma_migrations (id varchar(36) primary key, checksum varchar(64) not null, finished_at timestamptz,
       migration_name varchar(255) not null, logs text, rolled_back_at timestamptz,
       started_at timestamptz not null default now(), applied_steps_count integer not null default 0);
     insert into _prisma_migrations (id, checksum, migration_name) values ('1', 'x', '${listMigrations(CHECKOUT)[0]}')`,
  )
  expect(await pendingMigrations(CHECKOUT, database.url)).toContain(last)
  await deployMigrations(CHECKOUT, database.url)
  expect(await pendingMigrations(CHECKOUT, database.url)).toEqual([])
  await database.drop()
})

test('a database that is not there yet is made', PRISMA_IS_SLOW, async () => {
  const database = await createTestDatabase()
  const url = new URL(database.url)
  url.pathname = `${url.pathname}_new`
  await deployMigrations(CHECKOUT, url.toString())
  expect(await pendingMigrations(CHECKOUT, url.toString())).toEqual([])
  await query(database.url, `drop database ${url.pathname.slice(1)}`)
  await database.drop()
})
