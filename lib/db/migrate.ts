import { spawn } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import pg from 'pg'
import { diskFullProblem, SetupProblem, saysDiskFull } from '../setup/setup-problem.ts'

const UNDEFINED_TABLE = '42P01'
/** Prisma makes a database that is not there yet. */
const UNKNOWN_DATABASE = '3D000'
const PRISMA_CLI = 'node_modules/prisma/build/index.js'

/** Names of the migrations in the checkout that the database does not have yet, oldest first. */
export async function pendingMigrations(checkout: string, databaseUrl: string): Promise<string[]> {
  const applied = new Set(await appliedMigrations(databaseUrl))
  return listMigrations(checkout).filter((name) => !applied.has(name))
}

export function listMigrations(checkout: string): string[] {
  const dir = path.join(checkout, 'prisma/migrations')
  if (!existsSync(dir)) return []
  const entries = readdirSync(dir, { withFileTypes: true })
  return entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).sort()
}

const appliedMigrations = (databaseUrl: string) => recordedMigrations(databaseUrl, 'finished_at is not null')
const interruptedMigrations = (databaseUrl: string) => recordedMigrations(databaseUrl, 'finished_at is null')

async function recordedMigrations(databaseUrl: string, condition: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: databaseUrl })
  try {
    await client.connect()
    const recorded = await client.query(
      `select migration_name from _prisma_migrations where rolled_back_at is null and ${condition}`,
    )
    return recorded.rows.map((row) => row.migration_name)
  } catch (error) {
    const { code } = error as { code?: string }
    if (code === UNDEFINED_TABLE || code === UNKNOWN_DATABASE) return []
    throw error
  } finally {
    await client.end()
  }
}

/**
 * `prisma migrate deploy`. One that was interrupted is done again: a migration is sent as one query, so PostgreSQL
 * undid it whole. Throws SetupProblem when a migration fails.
 */
export async function deployMigrations(checkout: string, databaseUrl: string): Promise<void> {
  for (const name of await interruptedMigrations(databaseUrl)) {
    await runPrisma(checkout, ['migrate', 'resolve', '--rolled-back', name], databaseUrl)
  }
  const { code, output } = await runPrisma(checkout, ['migrate', 'deploy'], databaseUrl)
  if (code === 0) return
  if (saysDiskFull(output)) throw diskFullProblem('the database')
  const from = Math.max(output.search(/^(Error|Database error|ERROR)/m), 0)
  const reason = output.slice(from).trim().split('\n').slice(0, 2).join(' ')
  throw new SetupProblem(
    `The database could not be brought up to date: ${reason.replace(/^Error: /, '')}`,
    'Nothing else was started. Restore a backup of the database or use another one (--data DIR or DATABASE_URL).',
    { cause: new Error(output) },
  )
}

/** Runs the Prisma CLI of the checkout and gives back what it printed. */
export function runPrisma(checkout: string, argv: string[], databaseUrl?: string) {
  const child = spawn(process.execPath, [PRISMA_CLI, ...argv], {
    cwd: checkout,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }),
      NO_COLOR: '1',
      PRISMA_HIDE_UPDATE_MESSAGE: '1',
      CHECKPOINT_DISABLE: '1',
    },
  })
  return new Promise<{ code: number | null; output: string }>((resolve, reject) => {
    let output = ''
    child.stdout.on('data', (chunk) => {
      output += chunk
    })
    child.stderr.on('data', (chunk) => {
      output += chunk
    })
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, output }))
  })
}
