import { Logger, runMigrations } from 'graphile-worker'

/**
 * Brings the queue's own tables (schema `graphile_worker`, which Prisma leaves alone) up to date. To be run after
 * Prisma's migrations and before the web process, which adds jobs by SQL; a worker runs it too.
 */
export async function migrateQueue(databaseUrl: string, logger?: Logger): Promise<void> {
  await runMigrations({ connectionString: databaseUrl, logger: logger ?? new Logger(() => () => {}) })
}
