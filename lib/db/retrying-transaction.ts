import { type Db, transaction } from './client.ts'

const ATTEMPTS = 5

/** PostgreSQL's serialization_failure, deadlock_detected and unique_violation, and Prisma's names for them. */
const RETRYABLE = new Set(['40001', '40P01', '23505', 'P2002', 'P2034'])

/**
 * Runs `work` in one transaction, again when it lost a race with another one: what was free at the first look is seen
 * as taken at the second, so that the caller's own checks give the answer. `work` must touch nothing but `tx`.
 */
export async function retryingTransaction<T>(work: (tx: Db) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await transaction(work)
    } catch (error) {
      if (attempt >= ATTEMPTS || !lostRace(error)) throw error
    }
  }
}

/** True for an error of the database that says: somebody else was faster. */
export function lostRace(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false
  const { code, meta } = error as { code?: unknown; meta?: { code?: unknown } }
  // A raw query fails as P2010 with PostgreSQL's own code beside it.
  return RETRYABLE.has(String(code)) || RETRYABLE.has(String(meta?.code)) || lostRace(driverCause(error))
}

/** Where the driver adapter keeps PostgreSQL's error. */
function driverCause(error: object): unknown {
  const { meta } = error as { meta?: { driverAdapterError?: { cause?: { originalCode?: string } } } }
  const originalCode = meta?.driverAdapterError?.cause?.originalCode
  return originalCode === undefined ? undefined : { code: originalCode }
}
