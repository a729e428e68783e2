import { db } from './client.ts'

/** By the database's clock: what is dropped or passed over for good does not hang on the clock of one worker. */
export async function databaseNow(): Promise<Date> {
  const [row] = await db().$queryRaw<{ now: Date }[]>`SELECT now()`
  if (!row) throw new Error('the database told no time')
  return row.now
}
