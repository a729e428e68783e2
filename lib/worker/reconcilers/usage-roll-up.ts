/** Owns the hours and days of use: rolls up those that are over. */
import { databaseNow } from '../../db/now.ts'
import { rollUp } from '../../usage/roll-up.ts'
import type { Reconciler } from './reconciler.ts'

export const usageRollUp: Reconciler = {
  name: 'usage-roll-up',
  everyMs: 60_000,
  run: async () => rollUp(await databaseNow()),
}
