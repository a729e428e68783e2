import { afterAll, beforeAll, expect, test } from 'vitest'
import { db } from '../db/client.ts'
import { makeTestWorld, type TestWorld } from '../http/test-world.ts'
import { createVe } from '../ves/create.ts'
import { cancelOperation, releaseOperation, retryOperation } from './commands.ts'
import { getOperation, getOperationLog, listOperations } from './queries.ts'

let world: TestWorld
let operationId: string

beforeAll(async () => {
  world = await makeTestWorld()
  const input = { name: 'web', hostname: 'web.example.org', templateId: world.template }
  operationId = (await createVe(world.people.stranger.viewer, input)).operationId
})
afterAll(() => world.close())

const own = () => world.people.stranger.viewer
const set = (status: 'queued' | 'failed' | 'stuck') =>
  db().operation.update({ where: { id: operationId }, data: { status } })

test('whoever may not see it cannot touch it; whoever may only look is told so', async () => {
  for (const act of [cancelOperation, retryOperation])
    await expect(act(world.people.reseller.viewer, operationId)).rejects.toMatchObject({ code: 'not-found' })
  await expect(cancelOperation(world.people.watcher.viewer, operationId)).rejects.toMatchObject({
    code: 'forbidden',
  })
})

test('it is asked to stop', async () => {
  expect(await cancelOperation(own(), operationId)).toEqual({ operationId })
  expect((await getOperation(own(), operationId)).cancelRequested).toBe(true)
})

test('only what is stuck is released, and the log says why', async () => {
  await expect(releaseOperation(own(), operationId, { reason: 'x' })).rejects.toMatchObject({
    code: 'conflict',
  })
  await set('stuck')
  await releaseOperation(own(), operationId, { reason: 'The host burnt down.' })
  expect((await getOperation(own(), operationId)).status).toBe('failed')
  const log = await getOperationLog(own(), operationId)
  expect(log.items.at(-1)?.line).toBe('Released by Sam Stranger: The host burnt down.')
  expect((await getOperationLog(own(), operationId, log.items.at(-1)?.id)).items).toEqual([])
})

test('what failed is tried again as a new operation', async () => {
  await set('failed')
  await db().ve.updateMany({ data: { state: 'failed' } })
  const again = await retryOperation(own(), operationId)
  expect(again.operationId).not.toBe(operationId)
  const page = await listOperations(own(), { status: 'live' })
  expect(page).toMatchObject({
    total: 1,
    items: [{ id: again.operationId, type: 've-create', status: 'queued' }],
  })
  expect((await listOperations(own(), { type: 'host-enrol' })).total).toBe(0)
})

test('what others decide on the owner of a VE does not cancel, try again or release', async () => {
  const { accountId, veId, hostId } = await db().operation.findUniqueOrThrow({ where: { id: operationId } })
  const reason = { reason: 'Mine.' }
  const types = [
    've-move',
    've-move-check',
    've-snapshot-mount',
    've-snapshot-unmount',
    've-suspend',
    've-unsuspend',
  ]
  for (const type of types) {
    const { id } = await db().operation.create({
      data: {
        type,
        title: type,
        input: {},
        actorName: 'Ada Admin',
        accountId,
        veId,
        hostId,
        queue: type,
        status: 'queued',
      },
    })
    const forbidden = { code: 'forbidden' }
    await expect(cancelOperation(own(), id)).rejects.toMatchObject(forbidden)
    await expect(retryOperation(own(), id)).rejects.toMatchObject(forbidden)
    await expect(releaseOperation(own(), id, reason)).rejects.toMatchObject(forbidden)
    await cancelOperation(world.people.admin.viewer, id)
  }
})

test('a long log comes in parts', async () => {
  const lines = Array.from({ length: 1001 }, (_, n) => ({ operationId, stepIndex: 0, line: `line ${n}` }))
  await db().operationLog.createMany({ data: lines })
  const first = await getOperationLog(own(), operationId)
  expect(first.items).toHaveLength(1000)
  const rest = await getOperationLog(own(), operationId, Number(first.next))
  expect(rest.next).toBeNull()
  expect(rest.items.at(-1)?.line).toBe('line 1000')
})
