import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { canExecute, giveTo, type PostgresAccount } from './embedded-postgres-account.ts'

/** Where root's clusters go whose data directory lies under a home that PostgreSQL's account cannot enter. */
const OUTSIDE = '/var/lib/corral-panel'

/** What DIR/postgres.json remembers: the cluster's directory, and the port it had last, free then. */
export type ClusterRecord = { location: string; port?: number }

const recordFile = (dir: string) => path.join(dir, 'postgres.json')

export function readClusterRecord(dir: string): ClusterRecord | undefined {
  return existsSync(recordFile(dir)) ? JSON.parse(readFileSync(recordFile(dir), 'utf8')) : undefined
}

export function writeClusterRecord(dir: string, record: ClusterRecord) {
  writeFileSync(recordFile(dir), `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 })
}

/** The cluster's directory for a data directory: recorded at the first run, so that it never moves later. */
export function ensureClusterLocation(dir: string, account: PostgresAccount): ClusterRecord {
  const known = readClusterRecord(dir)
  const location = known?.location ?? chooseLocation(dir, account)
  mkdirSync(location, { recursive: true, mode: 0o700 })
  const record = known ?? { location }
  if (!known) {
    giveTo(account, location)
    writeClusterRecord(dir, record)
  }
  return record
}

function chooseLocation(dir: string, account: PostgresAccount): string {
  if (account.uid === undefined || canExecute(account, dir)) return path.join(dir, 'postgres')
  mkdirSync(OUTSIDE, { recursive: true })
  chmodSync(OUTSIDE, 0o755)
  return path.join(OUTSIDE, `postgres-${randomBytes(6).toString('hex')}`)
}
