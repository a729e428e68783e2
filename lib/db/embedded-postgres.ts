import { mkdirSync } from 'node:fs'
import pg from 'pg'
import { SetupProblem } from '../setup/setup-problem.ts'
import { findPostgresAccount } from './embedded-postgres-account.ts'
import { postgresBinaries } from './embedded-postgres-binaries.ts'
import { DATABASE_ROLE, ensureCluster } from './embedded-postgres-cluster.ts'
import { ensureClusterLocation, readClusterRecord, writeClusterRecord } from './embedded-postgres-location.ts'
import { removeStalePidFile, startServer, stopServer } from './embedded-postgres-server.ts'

const DATABASE = 'corral'

export type EmbeddedPostgres = { url: string; port: number; location: string; stop: () => Promise<void> }

/**
 * Starts the PostgreSQL that belongs to a data directory, making it at the first call: scram-sha-256 with a
 * random password (DIR/secrets, 0600), durable, on 127.0.0.1 at a free port that is remembered. Run as
 * `postgres` or `nobody` when we are root. A server left over from a killed run is stopped first.
 * Throws SetupProblem for what the user can mend.
 */
export async function startEmbeddedPostgres(
  dir: string,
  settings: Record<string, string> = {},
): Promise<EmbeddedPostgres> {
  mkdirSync(dir, { recursive: true })
  const account = findPostgresAccount()
  const record = ensureClusterLocation(dir, account)
  const { location } = record
  const bin = postgresBinaries(location, account)
  const password = ensureCluster(dir, location, bin, account)
  await stopServer(location)
  removeStalePidFile(location)
  const { port } = await startServer({ bin, location, account, port: record.port, settings })
  writeClusterRecord(dir, { location, port })
  const urlOf = (database: string) =>
    `postgresql://${DATABASE_ROLE}:${password}@127.0.0.1:${port}/${database}`
  await ensureDatabase(urlOf('postgres'), dir)
  const stop = async () => void (await stopServer(location))
  return { url: urlOf(DATABASE), port, location, stop }
}

/** Stops the server of a data directory from outside, also after its starter was killed. True if one ran. */
export async function stopEmbeddedPostgres(dir: string): Promise<boolean> {
  const record = readClusterRecord(dir)
  return record ? stopServer(record.location) : false
}

async function ensureDatabase(adminUrl: string, dir: string) {
  const client = new pg.Client({ connectionString: adminUrl })
  try {
    await client.connect()
    const found = await client.query('select 1 from pg_database where datname = $1', [DATABASE])
    if (found.rowCount === 0) await client.query(`create database ${DATABASE}`)
  } catch (error) {
    if ((error as { code?: string }).code !== '28P01') throw error
    throw new SetupProblem(
      `The password in ${dir}/secrets/postgres-password does not open the database that belongs to ${dir}.`,
      'Put the right file back, or start afresh with another --data DIR.',
      { cause: error },
    )
  } finally {
    await client.end()
  }
}
