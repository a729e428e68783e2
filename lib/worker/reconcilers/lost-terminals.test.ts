import { afterAll, beforeAll, expect, test } from 'vitest'
import { db } from '../../db/client.ts'
import { rowsRead } from '../../db/test-rows-read.ts'
import { makeFleet, makeVe, useTestDatabase } from '../test-fleet.ts'
import { lostTerminals } from './lost-terminals.ts'

let database: { drop(): Promise<void> }
let veId: string
beforeAll(async () => {
  database = await useTestDatabase()
  veId = (await makeVe(await makeFleet(), 've', 'running')).id
})
afterAll(() => database.drop())

const ago = (days: number) => new Date(Date.now() - days * 86_400_000)
const closed = (days: number) => ({
  veId,
  userId: 'somebody',
  sessionId: 's',
  kind: 'console' as const,
  ticketDigest: crypto.randomUUID(),
  expiresAt: ago(days),
  openedAt: ago(days),
  closedAt: ago(days),
  closedFor: 'exited',
})

test('terminals that were closed are kept a week, and looking for lost ones reads none of them', async () => {
  await db().terminal.createMany({ data: Array.from({ length: 2_000 }, () => closed(1)) })
  await db().terminal.createMany({ data: [closed(8), closed(30)] })
  const lost = { ...closed(1), closedAt: null, closedFor: null, ticketDigest: 'lost' }
  await db().terminal.create({ data: lost })
  await db().$executeRaw`ANALYZE terminal`
  const run = () => lostTerminals.run({} as never)
  await run()
  expect(await db().terminal.count()).toBe(2_001)
  const closedNow = await db().terminal.findUnique({ where: { ticketDigest: 'lost' } })
  expect(closedNow).toMatchObject({ closedFor: 'worker-changed' })
  expect(await rowsRead(process.env.DATABASE_URL ?? '', 'terminal', run)).toBeLessThan(50)
})
