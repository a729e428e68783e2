import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { isAlive } from '../setup/process-identity.ts'
import { SetupProblem } from '../setup/setup-problem.ts'
import { startEmbeddedPostgres, stopEmbeddedPostgres } from './embedded-postgres.ts'
import { findPostgresAccount, giveTo } from './embedded-postgres-account.ts'
import { findServer } from './embedded-postgres-server.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(path.join(os.tmpdir(), 'corral-postgres-'))
  chmodSync(dir, 0o711)
})
afterEach(async () => {
  await stopEmbeddedPostgres(dir)
  rmSync(dir, { recursive: true, force: true })
})

async function ask(url: string, statement: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return Object.values((await client.query(statement)).rows[0] ?? {})[0]
  } finally {
    await client.end()
  }
}

async function refusal(work: Promise<unknown>): Promise<SetupProblem> {
  const error = await work.then(
    () => undefined,
    (reason) => reason,
  )
  expect(error).toBeInstanceOf(SetupProblem)
  return error as SetupProblem
}

test('keeps its data, its port and its password from one start to the next', async () => {
  const first = await startEmbeddedPostgres(dir)
  await ask(first.url, 'create table kept (id int)')
  await first.stop()
  const second = await startEmbeddedPostgres(dir)
  expect(second.url).toBe(first.url)
  expect(await ask(second.url, 'select count(*)::int from kept')).toBe(0)
  expect(await ask(second.url, 'show fsync')).toBe('on')
  expect(statSync(path.join(dir, 'secrets/postgres-password')).mode & 0o777).toBe(0o600)
})

test('lets nobody in without the password, and listens on loopback only', async () => {
  const { url } = await startEmbeddedPostgres(dir)
  const stranger = new URL(url)
  stranger.password = 'guess'
  await expect(ask(stranger.toString(), 'select 1')).rejects.toMatchObject({ code: '28P01' })
  expect(await ask(url, 'show listen_addresses')).toBe('127.0.0.1')
})

test('takes over from a killed run, whose server still works', async () => {
  const first = await startEmbeddedPostgres(dir)
  const left = findServer(first.location)
  const second = await startEmbeddedPostgres(dir)
  expect(left && isAlive(left)).toBe(false)
  expect(await ask(second.url, 'select 1')).toBe(1)
})

test('starts although a pid file of a crash names a process that is not PostgreSQL', async () => {
  const first = await startEmbeddedPostgres(dir)
  await first.stop()
  const stale = path.join(first.location, 'data/postmaster.pid')
  writeFileSync(
    stale,
    `${process.pid}\n${path.join(first.location, 'data')}\n1\n${first.port}\n\n127.0.0.1\n\nready\n`,
  )
  giveTo(findPostgresAccount(), stale)
  expect(findServer(first.location)).toBeUndefined()
  const second = await startEmbeddedPostgres(dir)
  expect(await ask(second.url, 'select 1')).toBe(1)
})

test('an interrupted first start is begun anew', async () => {
  mkdirSync(path.join(dir, 'postgres/data.new/base'), { recursive: true })
  giveTo(findPostgresAccount(), path.join(dir, 'postgres'))
  const { url } = await startEmbeddedPostgres(dir)
  expect(await ask(url, 'select 1')).toBe(1)
})

test('says what is wrong with a directory of another major version, and with one that is none', async () => {
  const first = await startEmbeddedPostgres(dir)
  await first.stop()
  const version = path.join(first.location, 'data/PG_VERSION')
  writeFileSync(version, '12\n')
  expect((await refusal(startEmbeddedPostgres(dir))).message).toMatch(/was made by PostgreSQL 12/)
  rmSync(version)
  expect((await refusal(startEmbeddedPostgres(dir))).message).toMatch(/is not a PostgreSQL directory/)
})

test('says so when the password is gone', async () => {
  const first = await startEmbeddedPostgres(dir)
  await first.stop()
  rmSync(path.join(dir, 'secrets/postgres-password'))
  expect((await refusal(startEmbeddedPostgres(dir))).message).toMatch(/postgres-password is missing/)
})
