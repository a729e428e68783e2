/** A VE's firewall through a real worker, to a simulated host. */
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import pino from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Viewer } from '../auth/viewer.ts'
import type { FirewallRule } from '../contract/ve-firewall.ts'
import { db } from '../db/client.ts'
import { createFirewallSet, removeFirewallSet, updateFirewallSet } from '../firewall/commands.ts'
import { getVeFirewall, setVeFirewall } from '../firewall/ve-firewall.ts'
import { makePerson, refusal } from '../http/test-world.ts'
import { type RunningWorker, startWorker } from './start-worker.ts'
import { ended, enqueueOnVe, type Fleet, makeFleet, makeVe, useTestDatabase } from './test-fleet.ts'

let database: { drop(): Promise<void> }
let worker: RunningWorker
let fleet: Fleet
let viewer: Viewer
const dataDir = mkdtempSync(path.join(os.tmpdir(), 'corral-worker-test-'))

beforeAll(async () => {
  database = await useTestDatabase()
  worker = await startWorker({ dataDir, log: pino({ level: process.env.CORRAL_LOG_LEVEL ?? 'silent' }) })
  fleet = await makeFleet()
  viewer = (await makePerson('Ada', fleet.accountId, 'admin')).viewer
})
afterAll(async () => {
  await worker.stop()
  await database.drop()
  rmSync(dataDir, { recursive: true })
})

const RULE: FirewallRule = {
  direction: 'in',
  action: 'drop',
  protocol: 'tcp',
  peers: [],
  ports: ['25'],
  comment: '',
}
const settings = (...entries: ({ setId: string } | { rule: FirewallRule })[]) => ({
  enabled: true,
  policyIn: 'accept' as const,
  policyOut: 'accept' as const,
  entries,
})

async function made(name: string): Promise<string> {
  const ve = await makeVe(fleet, name)
  const created = await ended(await enqueueOnVe(fleet, ve.id, 've-create', { start: true }))
  expect(created).toMatchObject({ status: 'succeeded' })
  return ve.id
}

test('what was set is the VE’s once its host has it; rule sets are held as long as they are referred to', async () => {
  const veId = await made('guarded')
  const { id: setId } = await createFirewallSet(viewer, { name: 'mail', rules: [RULE] })
  const set = await setVeFirewall(viewer, veId, settings({ setId }))
  expect(await ended(set.operationId)).toMatchObject({ status: 'succeeded' })
  expect(await getVeFirewall(viewer, veId)).toEqual(settings({ setId }))
  const { operationIds } = await updateFirewallSet(viewer, setId, { rules: [RULE, RULE] })
  expect(operationIds).toHaveLength(1)
  for (const id of operationIds) expect(await ended(id)).toMatchObject({ status: 'succeeded' })
  expect((await refusal(removeFirewallSet(viewer, setId))).code).toBe('conflict')
  const cleared = await setVeFirewall(viewer, veId, settings())
  expect(await ended(cleared.operationId)).toMatchObject({ status: 'succeeded' })
  await removeFirewallSet(viewer, setId)
})

test('a rule that the host refuses is told where it was written, and nothing is changed', async () => {
  const veId = await made('fail-firewall')
  const own = await setVeFirewall(viewer, veId, settings({ rule: RULE }))
  expect(await ended(own.operationId)).toMatchObject({
    status: 'failed',
    problem: { code: 'firewall-refused', fields: { 'entries.0.rule': expect.any(String) } },
  })
  const { id: setId } = await createFirewallSet(viewer, { name: 'refused', rules: [RULE] })
  const set = await setVeFirewall(viewer, veId, settings({ setId }, { rule: RULE }))
  expect(await ended(set.operationId)).toMatchObject({
    status: 'failed',
    problem: { fields: { 'entries.0.setId': expect.any(String) } },
  })
  expect(await getVeFirewall(viewer, veId)).toMatchObject({ enabled: false, entries: [] })
  expect(await db().veFirewallSet.count({ where: { veId } })).toBe(0)
})
