import { createHash } from 'node:crypto'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { identityOf, isAlive } from '../setup/process-identity.ts'
import { startEmbeddedPostgres, stopEmbeddedPostgres } from './embedded-postgres.ts'
import { findPostgresAccount, giveTo } from './embedded-postgres-account.ts'
import { writeClusterRecord } from './embedded-postgres-location.ts'
import { deployMigrations, listMigrations } from './migrate.ts'

const CHECKOUT = path.resolve(import.meta.dirname, '../..')
const PREFIX = 'corral-test-postgres-'
/** Tests may lose everything in a power cut. */
const FORGETFUL = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '200' }

/**
 * A PostgreSQL of this run's own, whose database `corral` is migrated and serves as the template that each
 * test's database is cloned from. The migrated files are kept in node_modules/.cache: after the first time
 * a start takes about half a second.
 */
export async function startTestPostgres(): Promise<{ templateUrl: string; stop: () => Promise<void> }> {
  await sweepAbandoned()
  const seed = path.join(CHECKOUT, 'node_modules/.cache/corral', `postgres-${migrationsDigest()}`)
  const dir = makeDirectory()
  try {
    if (!existsSync(seed)) await makeSeed(seed)
    copySeed(seed, dir)
    const server = await startEmbeddedPostgres(dir, FORGETFUL)
    const stop = async () => {
      await server.stop()
      rmSync(dir, { recursive: true, force: true })
    }
    return { templateUrl: server.url, stop }
  } catch (error) {
    rmSync(dir, { recursive: true, force: true })
    throw error
  }
}

/** Named after its owner, so that a later run can tell when nobody uses it any more. */
function makeDirectory() {
  const self = identityOf(process.pid)
  const started = (self?.startedAt ?? '').replaceAll(/\W/g, '')
  const dir = mkdtempSync(path.join(os.tmpdir(), `${PREFIX}${process.pid}-${started}-`))
  chmodSync(dir, 0o711) // PostgreSQL's account has to pass
  return dir
}

async function makeSeed(seed: string) {
  const dir = makeDirectory()
  try {
    const server = await startEmbeddedPostgres(dir, FORGETFUL)
    try {
      if (listMigrations(CHECKOUT).length > 0) await deployMigrations(CHECKOUT, server.url)
    } finally {
      await server.stop()
    }
    const unfinished = `${seed}.${process.pid}`
    mkdirSync(path.dirname(seed), { recursive: true })
    cpSync(dir, unfinished, { recursive: true })
    publish(unfinished, seed)
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

/** Another run may have made the same seed meanwhile: then theirs is as good. */
function publish(unfinished: string, seed: string) {
  try {
    renameSync(unfinished, seed)
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true })
    if (!existsSync(seed)) throw error
  }
}

function copySeed(seed: string, dir: string) {
  const location = path.join(dir, 'postgres')
  cpSync(seed, dir, { recursive: true })
  chmodSync(dir, 0o711)
  giveTo(findPostgresAccount(), location)
  writeClusterRecord(dir, { location })
}

function migrationsDigest(): string {
  const hash = createHash('sha256')
  const manifest = JSON.parse(readFileSync(path.join(CHECKOUT, 'package.json'), 'utf8'))
  hash.update(JSON.stringify(manifest.optionalDependencies))
  for (const name of listMigrations(CHECKOUT)) {
    hash.update(name).update(readFileSync(path.join(CHECKOUT, 'prisma/migrations', name, 'migration.sql')))
  }
  return hash.digest('hex').slice(0, 12)
}

/** What a killed run left behind: its server still runs and its files are still there. */
async function sweepAbandoned() {
  for (const name of readdirSync(os.tmpdir()).filter((entry) => entry.startsWith(PREFIX))) {
    const [pid, startedAt] = name.slice(PREFIX.length).split('-')
    const owner = identityOf(Number(pid))
    const sameStart = owner?.startedAt.replaceAll(/\W/g, '') === startedAt
    if (owner && sameStart && isAlive(owner)) continue
    const dir = path.join(os.tmpdir(), name)
    await stopEmbeddedPostgres(dir)
    rmSync(dir, { recursive: true, force: true })
  }
}
