import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { diskFullProblem, SetupProblem, saysDiskFull } from '../setup/setup-problem.ts'
import { giveTo, type PostgresAccount } from './embedded-postgres-account.ts'
import { dataDirectory, postgresEnvironment } from './embedded-postgres-server.ts'

export const DATABASE_ROLE = 'corral'

/** Loopback only, and no socket file: its path may be too long for the kernel, and nobody needs it. */
const SETTINGS = `
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 120
log_timezone = 'UTC'
timezone = 'UTC'
`

const passwordFile = (dir: string) => path.join(dir, 'secrets/postgres-password')

/** Makes the cluster if there is none; returns the password of its one role, which owns every database. */
export function ensureCluster(dir: string, location: string, bin: string, account: PostgresAccount): string {
  const data = dataDirectory(location)
  if (!existsSync(data)) createCluster(dir, location, bin, account)
  refuseOtherMajorVersion(data, bin, account)
  if (existsSync(passwordFile(dir))) return readFileSync(passwordFile(dir), 'utf8').trim()
  throw new SetupProblem(
    `${passwordFile(dir)} is missing, and without it the database in ${data} cannot be opened.`,
    'Put the file back, or start afresh with another --data DIR.',
  )
}

/** Into a directory of another name first, so that one interrupted half way is never taken for a cluster. */
function createCluster(dir: string, location: string, bin: string, account: PostgresAccount) {
  const unfinished = path.join(location, 'data.new')
  const input = path.join(location, 'password.new')
  const password = randomBytes(24).toString('base64url')
  rmSync(unfinished, { recursive: true, force: true })
  writeFileSync(input, password, { mode: 0o600 })
  giveTo(account, input)
  try {
    initdb(bin, account, location, ['-D', unfinished, '-U', DATABASE_ROLE, `--pwfile=${input}`])
  } finally {
    rmSync(input, { force: true })
  }
  appendFileSync(path.join(unfinished, 'postgresql.conf'), SETTINGS)
  mkdirSync(path.dirname(passwordFile(dir)), { recursive: true, mode: 0o700 })
  writeFileSync(passwordFile(dir), `${password}\n`, { mode: 0o600 })
  renameSync(unfinished, dataDirectory(location))
}

function initdb(bin: string, account: PostgresAccount, location: string, argv: string[]) {
  const common = ['--auth=scram-sha-256', '-E', 'UTF8', '--locale=C']
  const made = spawnSync(path.join(bin, 'initdb'), [...argv, ...common], {
    ...account,
    cwd: location,
    encoding: 'utf8',
    env: postgresEnvironment,
  })
  if (made.status === 0) return
  const output = `${made.stderr ?? ''}${made.error ?? ''}`.trim()
  if (saysDiskFull(output)) throw diskFullProblem(location)
  throw new SetupProblem(
    `PostgreSQL could not make its files in ${location}: ${output.split('\n').find((line) => /error/i.test(line)) ?? output}`,
    'Mend that and run the command again, or choose another directory with --data DIR.',
  )
}

function refuseOtherMajorVersion(data: string, bin: string, account: PostgresAccount) {
  const versionFile = path.join(data, 'PG_VERSION')
  const had = existsSync(versionFile) ? readFileSync(versionFile, 'utf8').trim() : undefined
  if (had === undefined) {
    throw new SetupProblem(
      `${data} is not a PostgreSQL directory: it has no PG_VERSION.`,
      'Move it away if it is yours, or choose another directory with --data DIR.',
    )
  }
  const said = spawnSync(path.join(bin, 'postgres'), ['--version'], {
    ...account,
    encoding: 'utf8',
    cwd: '/',
  })
  const have = /(\d+)\./.exec(said.stdout ?? '')?.[1]
  if (have === had) return
  throw new SetupProblem(
    `The database in ${data} was made by PostgreSQL ${had}, and this version of Corral brings ${have ?? 'none that runs here'}.`,
    `Check out the version of Corral that made it, or run PostgreSQL ${had} on it yourself and set DATABASE_URL.`,
  )
}
