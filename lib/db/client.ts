/** The Prisma client: one per process, made at first use so that a build needs no database. */
import { PrismaPg } from '@prisma/adapter-pg'
import { PrismaClient } from './generated/client.ts'

const POOL_SIZE = 10

let client: PrismaClient | undefined

export function databaseUrl(): string {
  const url = process.env.DATABASE_URL
  if (!url)
    throw new Error(
      'DATABASE_URL is not set. `npm run up` sets it; by hand, point it at a PostgreSQL database.',
    )
  return url
}

export function db(): PrismaClient {
  client ??= new PrismaClient({ adapter: new PrismaPg({ connectionString: databaseUrl(), max: POOL_SIZE }) })
  return client
}

/** Ends the pool; for short processes and for tests. */
export async function closeDb(): Promise<void> {
  await client?.$disconnect()
  client = undefined
}

/** What queries run on: the client, or a transaction of it. */
export type Db = Omit<PrismaClient, '$connect' | '$disconnect' | '$on' | '$transaction' | '$extends'>

/** Runs `work` in one transaction (read committed unless a statement locks more). */
export function transaction<T>(work: (tx: Db) => Promise<T>): Promise<T> {
  return db().$transaction((tx) => work(tx as Db), { maxWait: 10_000, timeout: 20_000 })
}
