/** A list asks the database a fixed number of questions, however many rows it shows. */
import pg from 'pg'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { listAddressHistory } from '../addresses/history.ts'
import { listAddressPools } from '../addresses/queries.ts'
import { listBackups } from '../backups/queries.ts'
import { createBackupStore, listBackupStores } from '../backups/stores.ts'
import { createFirewallSet } from '../firewall/commands.ts'
import { listFirewallSets } from '../firewall/queries.ts'
import { createHostGroup } from '../host-groups/commands.ts'
import { listHostGroups } from '../host-groups/queries.ts'
import { listHosts } from '../hosts/queries.ts'
import { makeHost, makePool, makeTemplate, makeTestWorld, type TestWorld } from '../http/test-world.ts'
import { listOperations } from '../operations/queries.ts'
import { createPlan } from '../plans/commands.ts'
import { listPlans } from '../plans/queries.ts'
import { createSnapshot } from '../snapshots/commands.ts'
import { listSnapshots } from '../snapshots/queries.ts'
import { listTemplates } from '../templates/queries.ts'
import { createVe } from '../ves/create.ts'
import { listVes } from '../ves/queries.ts'
import { db } from './client.ts'

let world: TestWorld
let made = 0

beforeAll(async () => {
  world = await makeTestWorld()
  await grow(1)
})
afterAll(() => world.close())

async function grow(by: number): Promise<void> {
  for (let i = 0; i < by; i += 1) {
    made += 1
    const host = await makeHost(world.provider, `more-${made}`)
    const templateId = await makeTemplate(world.provider, `more-${made}`, [host])
    const poolId = await makePool(`more-${made}`, `10.10.${made}`)
    const group = await createHostGroup(world.people.admin.viewer, { name: `more-${made}`, hostIds: [host] })
    const bound = { hosts: { create: { hostId: host } }, groups: { create: { groupId: group.id } } }
    await db().addressPool.update({ where: { id: poolId }, data: bound })
    await createFirewallSet(world.people.admin.viewer, { name: `more-${made}`, rules: [] })
    const name = { name: `more-${made}`, hostname: 'more.example.org' }
    const plan = await createPlan(world.people.admin.viewer, { name: `more-${made}` })
    const place = { templateId, hostId: host, planId: plan.id }
    const { ve } = await createVe(world.people.admin.viewer, { ...name, ...place })
    await createSnapshot(world.people.admin.viewer, ve.id, { name: 'one' })
    const kept = { name: `more-${made}`, hostId: host, path: '/vz/backup' }
    const { store } = await createBackupStore(world.people.admin.viewer, kept)
    const of = { veId: ve.id, accountId: world.provider, storeId: store.id }
    await db().backup.create({ data: { ...of, settings: {}, createdByName: 'test' } })
  }
}

const LISTS = {
  listVes,
  listHosts,
  listHostGroups,
  listTemplates,
  listPlans,
  listOperations,
  listAddressPools,
  listAddressHistory,
  listFirewallSets,
  listSnapshots,
  listBackups,
  listBackupStores,
}

async function questions(): Promise<Record<string, number>> {
  const query = vi.spyOn(pg.Client.prototype, 'query')
  const counts: Record<string, number> = {}
  for (const [name, list] of Object.entries(LISTS)) {
    query.mockClear()
    await list(world.people.admin.viewer, {})
    counts[name] = query.mock.calls.length
  }
  query.mockRestore()
  return counts
}

test('the number of statements does not grow with the rows', async () => {
  const before = await questions()
  await grow(6)
  expect(await questions()).toEqual(before)
  for (const count of Object.values(before)) {
    expect(count).toBeGreaterThan(0)
    expect(count).toBeLessThanOrEqual(14)
  }
})
