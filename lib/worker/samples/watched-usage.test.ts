/** From a simulated host, through a real worker, to the database: nothing is waited for but what has to come. */
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import pino from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { BEANCOUNTER_NAMES } from '../../contract/beancounters.ts'
import { db } from '../../db/client.ts'
import { startWorker } from '../start-worker.ts'
import { ended, enqueueOnVe, eventually, makeFleet, makeVe, useTestDatabase } from '../test-fleet.ts'

let database: { drop(): Promise<void> }
const dataDir = mkdtempSync(path.join(os.tmpdir(), 'corral-worker-test-'))
beforeAll(async () => {
  database = await useTestDatabase()
})
afterAll(async () => {
  await database.drop()
  rmSync(dataDir, { recursive: true })
})

test('a worker that is stopped has written what it saw of the minute that goes on', async () => {
  const fleet = await makeFleet()
  const worker = await startWorker({ dataDir, log: pino({ level: 'silent' }) })
  const ve = await makeVe(fleet, 'watched')
  await ended(await enqueueOnVe(fleet, ve.id, 've-create', { start: true }))
  const isSeen = { id: ve.id, observed: { path: ['state'], equals: 'running' } }
  const { observedAt } = await eventually(() => db().ve.findFirst({ where: isSeen }))
  // The first may be what the operation saw; the next is a sample.
  await eventually(() =>
    db().ve.findFirst({ where: { id: ve.id, observedAt: { gt: observedAt ?? new Date() } } }),
  )
  await worker.stop()
  const rows = await db().veUsageMinute.findMany({ where: { veId: ve.id } })
  expect(rows.length).toBeGreaterThan(0)
  for (const { held, memoryBytes, samples } of rows) {
    expect(samples).toBeGreaterThan(0)
    expect(memoryBytes).not.toBeNull()
    expect(held).toHaveLength(BEANCOUNTER_NAMES.length)
  }
  const host = await db().host.findUniqueOrThrow({ where: { id: fleet.hostId } })
  expect(host.sample).toMatchObject({ held: { memory: expect.any(Number) } })
  expect(host.sample).not.toHaveProperty('limitEvents')
})
