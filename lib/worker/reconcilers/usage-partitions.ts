/** Owns the parts of the partitioned tables of use: makes those to come, drops those that are over. */
import { databaseNow } from '../../db/now.ts'
import { keepPartitions } from '../../usage/partitions.ts'
import type { Reconciler } from './reconciler.ts'

export const usagePartitions: Reconciler = {
  name: 'usage-partitions',
  everyMs: 600_000,
  run: async () => keepPartitions(await databaseNow()),
}
