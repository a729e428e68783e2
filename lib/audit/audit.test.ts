import { afterAll, beforeAll, expect, test } from 'vitest'
import { transaction } from '../db/client.ts'
import { makeTestWorld, type TestWorld } from '../http/test-world.ts'
import { listAudit } from './queries.ts'
import { auditActor, recordAudit } from './record.ts'

let world: TestWorld
beforeAll(async () => {
  world = await makeTestWorld()
})
afterAll(() => world.close())

test('whoever may see an account reads what was done in it, newest first and page by page; others do not', async () => {
  const { customer, stranger, reseller } = world.people
  const record = (who: typeof customer, subject: string) =>
    transaction((tx) =>
      recordAudit(tx, {
        action: 've-exec',
        actor: auditActor(who.viewer),
        accountId: who.accountId,
        subject,
        details: { program: 'ls\0' },
      }),
    )
  for (const subject of ['one', 'two', 'three']) await record(customer, subject)
  await record(stranger, 'other')
  const first = await listAudit(customer.viewer, { limit: 2 })
  expect(first).toMatchObject({ total: 3, items: [{ subject: 'three' }, { subject: 'two' }] })
  expect(first.items[0]).toMatchObject({ actorName: 'Cas Customer', details: { program: 'ls\ufffd' } })
  const rest = await listAudit(customer.viewer, { limit: 2, cursor: first.next ?? '' })
  expect(rest).toMatchObject({ next: null, items: [{ subject: 'one' }] })
  expect((await listAudit(reseller.viewer)).total).toBe(3)
  expect((await listAudit(world.people.admin.viewer)).total).toBe(4)
  expect((await listAudit(world.people.admin.viewer, { action: 've-suspend' })).total).toBe(0)
})

test('what is rolled back was never written down', async () => {
  const { stranger } = world.people
  const entry = { actor: auditActor(stranger.viewer), accountId: stranger.accountId, subject: 'gone' }
  const failing = transaction(async (tx) => {
    await recordAudit(tx, { action: 've-destroy', ...entry })
    throw new Error('no')
  })
  await expect(failing).rejects.toThrow('no')
  expect((await listAudit(stranger.viewer, { action: 've-destroy' })).total).toBe(0)
})
