import pino from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { db } from '../../db/client.ts'
import { registerWorker } from '../presence.ts'
import { recordSample } from '../samples/record-sample.ts'
import { enqueueOnVe, type Fleet, makeFleet, makeVe, useTestDatabase } from '../test-fleet.ts'
import { deadWorkers } from './dead-workers.ts'
import { hostsOffline } from './hosts-offline.ts'
import { lostOperations } from './lost-operations.ts'
import type { ReconcilerContext } from './reconciler.ts'

let database: { drop(): Promise<void> }
let fleet: Fleet
let context: ReconcilerContext
const unlocked: string[] = []

beforeAll(async () => {
  database = await useTestDatabase()
  fleet = await makeFleet()
  const worker = { id: await registerWorker(), log: pino({ level: 'silent' }) } as ReconcilerContext['worker']
  context = { worker, forceUnlock: async (ids) => void unlocked.push(...ids) }
})
afterAll(() => database.drop())

const jobs = () => db().$queryRaw<{ key: string }[]>`SELECT key FROM graphile_worker.jobs`
const sample = (ves: object[]) =>
  ({ at: Date.now(), bootId: 'b', load1: 0, memoryFreeBytes: 1, vzFreeBytes: 1, ves }) as never
test('an operation whose job was lost gets it again, once it is old enough', async () => {
  const ve = await makeVe(fleet, 'lost')
  const id = await enqueueOnVe(fleet, ve.id, 've-create', { start: false })
  await db().$executeRaw`SELECT graphile_worker.remove_job(${id}::text)`
  await lostOperations.run(context)
  expect((await jobs()).map((job) => job.key)).not.toContain(id)
  await db().operation.update({ where: { id }, data: { createdAt: new Date(Date.now() - 60_000) } })
  await lostOperations.run(context)
  await lostOperations.run(context)
  expect((await jobs()).filter((job) => job.key === id)).toHaveLength(1)
})

test('a worker whose heartbeat lapsed is buried and gives up what it held; a living one is left alone', async () => {
  const old = new Date(Date.now() - 60_000)
  const make = (heartbeatAt: Date, runnerIds: string[]) =>
    db().worker.create({
      data: { id: crypto.randomUUID(), pid: 1, machine: 'elsewhere', runnerIds, heartbeatAt },
    })
  const [dead, alive] = [await make(old, ['pool-dead']), await make(new Date(), ['pool-alive'])]
  await db().host.update({
    where: { id: fleet.hostId },
    data: { leasedBy: dead.id, leaseUntil: new Date(Date.now() + 60_000) },
  })
  const ve = await makeVe(fleet, 'held')
  const id = await enqueueOnVe(fleet, ve.id, 've-create', { start: false })
  await db().operation.update({ where: { id }, data: { status: 'running', workerId: dead.id } })
  await deadWorkers.run(context)
  expect(unlocked).toEqual(['pool-dead'])
  expect(await db().operation.findUnique({ where: { id } })).toMatchObject({
    status: 'running',
    workerId: null,
  })
  expect(await db().host.findUnique({ where: { id: fleet.hostId } })).toMatchObject({ leasedBy: null })
  expect((await db().worker.findUnique({ where: { id: alive.id } }))?.stoppedAt).toBeNull()
  await db().operation.delete({ where: { id } })
})

test('a host that has not been seen for a while goes offline, and the next sample brings it back', async () => {
  const own = await makeFleet()
  const set = (lastSeenAt: Date) => db().host.update({ where: { id: own.hostId }, data: { lastSeenAt } })
  const status = async () => (await db().host.findUniqueOrThrow({ where: { id: own.hostId } })).status
  await set(new Date(Date.now() - 5_000))
  await hostsOffline.run(context)
  expect(await status()).toBe('online')
  await set(new Date(Date.now() - 60_000))
  await hostsOffline.run(context)
  expect(await status()).toBe('offline')
  await recordSample(own.hostId, sample([]))
  expect(await db().host.findUnique({ where: { id: own.hostId } })).toMatchObject({
    status: 'online',
    problem: null,
  })
})
