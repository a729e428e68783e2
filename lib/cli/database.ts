import { startEmbeddedPostgres } from '../db/embedded-postgres.ts'
import { deployMigrations, pendingMigrations } from '../db/migrate.ts'
import { SetupProblem } from '../setup/setup-problem.ts'
import type { Progress } from './terminal/progress.ts'

/** The embedded server, or the user's own when DATABASE_URL is set; brought up to date. Gives its URL. */
export async function ensureDatabase(checkout: string, dataDir: string, progress: Progress): Promise<string> {
  const own = process.env.DATABASE_URL
  const url = own ?? (await startOurs(dataDir, progress))
  const label = own ? 'Database at DATABASE_URL' : 'Database schema'
  await progress.step('database', label, () => migrate(checkout, url, own !== undefined), sayMigrated)
  return url
}

async function startOurs(dataDir: string, progress: Progress): Promise<string> {
  const start = () => startEmbeddedPostgres(dataDir)
  const server = await progress.step('postgres', 'PostgreSQL', start, ({ port }) => `127.0.0.1 port ${port}`)
  return server.url
}

const sayMigrated = (applied: string[]) =>
  applied.length === 0
    ? 'up to date'
    : `${applied.length} migration${applied.length === 1 ? '' : 's'} applied`

async function migrate(checkout: string, url: string, own: boolean): Promise<string[]> {
  const pending = await pendingMigrations(checkout, url).catch((error: Error & { code?: string }) => {
    if (!own) throw error
    throw new SetupProblem(
      `The database at DATABASE_URL cannot be used: ${error.message || error.code}.`,
      'Correct DATABASE_URL, or unset it to use the embedded PostgreSQL.',
      { cause: error },
    )
  })
  if (pending.length > 0) await deployMigrations(checkout, url)
  return pending
}
