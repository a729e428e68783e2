import { afterAll, beforeAll, expect, test } from 'vitest'
import { db, transaction } from '../db/client.ts'
import { rowsRead } from '../db/test-rows-read.ts'
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
  expect(first).toMatchObject({ items: [{ subject: 'three' }, { subject: 'two' }] })
  expect(first.items[0]).toMatchObject({ actorName: 'Cas Customer', details: { program: 'ls\ufffd' } })
  const rest = await listAudit(customer.viewer, { limit: 2, cursor: first.next ?? '' })
  expect(rest).toMatchObject({ next: null, items: [{ subject: 'one' }] })
  expect((await listAudit(reseller.viewer)).items).toHaveLength(3)
  expect((await listAudit(world.people.admin.viewer)).items).toHaveLength(4)
  expect((await listAudit(world.people.admin.viewer, { action: 've-suspend' })).items).toEqual([])
})

test('what is rolled back was never written down', async () => {
  const { stranger } = world.people
  const entry = { actor: auditActor(stranger.viewer), accountId: stranger.accountId, subject: 'gone' }
  const failing = transaction(async (tx) => {
    await recordAudit(tx, { action: 've-destroy', ...entry })
    throw new Error('no')
  })
  await expect(failing).rejects.toThrow('no')
  expect((await listAudit(stranger.viewer, { action: 've-destroy' })).items).toEqual([])
})

test('a page costs the same however long the log is, also of what is rare in it', async () => {
  const { admin, stranger } = world.people
  const often = {
    actorId: 'busy',
    actorName: 'x',
    accountId: stranger.accountId,
    action: 'sign-in',
    subject: 'x',
  }
  const rare = { ...often, actorId: 'rare', action: 'pool-change', hostId: world.hosts.one }
  const at = (days: number) => new Date(Date.now() - days * 86_400_000)
  await db().auditEvent.createMany({ data: [{ ...rare, at: at(400) }] })
  await db().auditEvent.createMany({
    data: Array.from({ length: 3_000 }, (_, n) => ({ ...often, at: at(300 - n / 100) })),
  })
  await db().$executeRaw`ANALYZE audit_event`
  for (const query of [
    {},
    { action: 'pool-change' as const },
    { actorId: 'rare' },
    { hostId: world.hosts.one },
  ]) {
    const read = () => listAudit(admin.viewer, { ...query, limit: 5 })
    expect((await read()).items.length).toBeGreaterThan(0)
    expect(await rowsRead(world.url, 'audit_event', read)).toBeLessThan(50)
  }
})
