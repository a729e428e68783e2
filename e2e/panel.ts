import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { AdminFile } from '../lib/cli/admin-file.ts'

/** Data directory of the panel that the global setup started for this run. */
export function dataDirectory(): string {
  const dir = process.env.CORRAL_TEST_DATA
  if (dir) return dir
  throw new Error('CORRAL_TEST_DATA is not set: run these tests by Playwright with its global setup')
}

export const readAdmin = (dataDir = dataDirectory()) =>
  JSON.parse(readFileSync(path.join(dataDir, 'admin.json'), 'utf8')) as AdminFile

/** Where the panel's PostgreSQL listens: for what no page and no API can bring about. */
export function databaseUrl(dataDir = dataDirectory()): string {
  if (process.env.DATABASE_URL) return process.env.DATABASE_URL
  const { port } = JSON.parse(readFileSync(path.join(dataDir, 'postgres.json'), 'utf8')) as { port: number }
  const password = readFileSync(path.join(dataDir, 'secrets', 'postgres-password'), 'utf8').trim()
  return `postgresql://corral:${password}@127.0.0.1:${port}/corral`
}
