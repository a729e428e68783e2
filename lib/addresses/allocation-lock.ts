import type { Db } from '../db/client.ts'

/** One number for all of Corral; PostgreSQL's advisory locks are per database. */
const ALLOCATION = 0x0c0ffee1n

/**
 * Numbers, id ranges, addresses and room on hosts are given out by one transaction at a time, for the few milliseconds
 * until it commits: "the lowest free" is then free indeed.
 */
export async function lockAllocation(tx: Db): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(${ALLOCATION})`
}
