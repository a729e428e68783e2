import { afterAll, beforeAll, expect, test } from 'vitest'
import { listAudit } from '../audit/queries.ts'
import { db } from '../db/client.ts'
import type { Person } from '../http/test-world.ts'
import { makeTestWorld, type TestWorld } from '../http/test-world.ts'
import { getOperation, listOperations } from '../operations/queries.ts'
import { endRescue, rescueVe } from './commands.ts'
import { createVe } from './create.ts'
import { execInVe } from './exec.ts'
import { suspendVe, unsuspendVe } from './suspend.ts'
import { getTraffic, setTraffic } from './traffic.ts'

let world: TestWorld
let count = 0
beforeAll(async () => {
  world = await makeTestWorld()
})
afterAll(() => world.close())

async function made(person: Person, state: 'running' | 'stopped'): Promise<string> {
  count += 1
  const input = { name: `ve-${count}`, hostname: 've.example.org', templateId: world.template }
  const { ve, operationId } = await createVe(person.viewer, input)
  await db().operation.update({ where: { id: operationId }, data: { status: 'succeeded' } })
  await db().ve.update({ where: { id: ve.id }, data: { state } })
  return ve.id
}
const settle = (veId: string) => db().operation.updateMany({ where: { veId }, data: { status: 'succeeded' } })
const actionsOn = async (veId: string) =>
  (await listAudit(world.people.admin.viewer, { veId })).items.map(({ action }) => action)

test('whoever sells suspends and lifts it; whoever bought does neither', async () => {
  const { customer, reseller, stranger } = world.people
  const own = await made(stranger, 'running')
  const reason = { reason: 'payment' as const, note: 'Invoice 7' }
  await expect(suspendVe(stranger.viewer, own, reason)).rejects.toMatchObject({ code: 'forbidden' })
  const sold = await made(customer, 'running')
  await expect(unsuspendVe(reseller.viewer, sold)).rejects.toMatchObject({ code: 'conflict' })
  const { operationId } = await suspendVe(reseller.viewer, sold, reason)
  expect(await getOperation(customer.viewer, operationId)).toMatchObject({ type: 've-suspend' })
  expect(await actionsOn(sold)).toEqual(['ve-suspend', 've-create'])
})

test('a command is on record, its output for those who may run one', async () => {
  const { customer, admin, watcher } = world.people
  const id = await made(customer, 'running')
  const input = { command: ['/bin/ls', '-l'], stdin: 'secret' }
  const { operationId } = await execInVe(customer.viewer, id, input)
  const operation = await db().operation.update({
    where: { id: operationId },
    data: { status: 'succeeded', result: { exitCode: 0, stdout: 'total 0' } },
  })
  expect(operation).toMatchObject({ title: 'Run /bin/ls in ve-3', queue: `operation:${operationId}` })
  expect(JSON.stringify(operation.input)).not.toContain('secret')
  const result = async (person: Person) => (await getOperation(person.viewer, operationId)).result
  expect(await result(admin)).toMatchObject({ stdout: 'total 0' })
  expect(await result(watcher)).toBeNull()
  expect((await listOperations(admin.viewer, { veId: id })).items[0]?.result).toBeNull()
  expect((await listAudit(admin.viewer, { veId: id })).items).toMatchObject([
    { action: 've-exec', details: { command: ['/bin/ls', '-l'] }, actorName: 'Cas Customer' },
    { action: 've-create' },
  ])
})

test('rescue needs a template that the host has, and ends only where it began', async () => {
  const { admin } = world.people
  const id = await made(admin, 'stopped')
  const nobody = '00000000-0000-4000-8000-000000000000'
  await expect(rescueVe(admin.viewer, id, { templateId: nobody })).rejects.toMatchObject({
    fields: { templateId: expect.any(String) },
  })
  await expect(endRescue(admin.viewer, id)).rejects.toMatchObject({ code: 'conflict' })
  await rescueVe(admin.viewer, id, { rootPassword: 'correct horse' })
  await settle(id)
  await db().ve.update({ where: { id }, data: { state: 'running', observed: { rescue: true } } })
  const { operationId } = await endRescue(admin.viewer, id, { start: true })
  expect(await getOperation(admin.viewer, operationId)).toMatchObject({ type: 've-restart' })
})

test('a traffic limit acts at once, and lets go when it is raised', async () => {
  const { customer, reseller } = world.people
  const id = await made(customer, 'running')
  const limit = (limitBytes: number | null) => ({
    limitBytes,
    action: 'throttle' as const,
    throttleBits: 1_000_000,
    resetDay: 1,
  })
  await expect(setTraffic(customer.viewer, id, limit(null))).rejects.toMatchObject({ code: 'forbidden' })
  const today = new Date(new Date().toISOString().slice(0, 10))
  await db().veTraffic.create({ data: { veId: id, day: today, inBytes: 3_000_000n, outBytes: 2_000_000n } })
  const low = await setTraffic(reseller.viewer, id, limit(4_000_000))
  expect(low.ve.traffic).toMatchObject({ usedBytes: 5_000_000, exceededAt: expect.any(String) })
  await settle(id)
  const high = await setTraffic(reseller.viewer, id, limit(9_000_000))
  expect(high.ve.traffic).toMatchObject({ limitBytes: 9_000_000, exceededAt: null })
  const titles = await db().operation.findMany({ where: { veId: id, type: 've-configure' } })
  expect(titles).toHaveLength(2)
  const history = await getTraffic(customer.viewer, id, { days: 3 })
  expect(history.days.map(({ inBytes }) => inBytes)).toEqual([0, 0, 3_000_000])
  expect(history.months).toMatchObject([{ inBytes: 3_000_000, outBytes: 2_000_000 }])
})
