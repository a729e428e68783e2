import type { Db } from './client.ts'
import { retryingTransaction } from './retrying-transaction.ts'

/** Runs `work` in the caller's transaction, or in one of its own, again when that lost a race. */
export function within<T>(tx: Db | undefined, work: (on: Db) => Promise<T>): Promise<T> {
  return tx ? work(tx) : retryingTransaction(work)
}
