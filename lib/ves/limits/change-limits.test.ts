import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Viewer } from '../../auth/viewer.ts'
import type { Capability, CapabilityReport } from '../../contract/capabilities.ts'
import { GIB, MIB } from '../../contract/units.ts'
import { DEFAULT_LIMITS, type VeLimitsPart } from '../../contract/ve-limits.ts'
import { db } from '../../db/client.ts'
import { makeHost, makeTestWorld, refusal, type TestWorld } from '../../http/test-world.ts'
import { retryOperation } from '../../operations/commands.ts'
import { createVe } from '../create.ts'
import { updateVe } from '../update.ts'

let world: TestWorld
let count = 0

const LACKING: Capability[] = ['io-limits', 'memory-throttle']
beforeAll(async () => {
  world = await makeTestWorld()
  const capabilities = Object.fromEntries(
    LACKING.map((name) => [name, { available: false, reason: 'Its kernel lacks it.' }]),
  ) as CapabilityReport
  const beancounters = { numflock: { status: 'unavailable', note: 'Nothing counts locks here.' } }
  const facts = { cpus: 4, cpuList: '0-3', numaNodes: '0', beancounters }
  await db().host.update({ where: { id: world.hosts.one }, data: { capabilities, facts } })
})
afterAll(() => world.close())

const admin = () => world.people.admin.viewer

async function made(viewer: Viewer = admin(), limits: VeLimitsPart = {}) {
  count += 1
  const input = { name: `ve-${count}`, hostname: 've.example.org', templateId: world.template, limits }
  const { ve, operationId } = await createVe(viewer, input)
  await db().operation.update({ where: { id: operationId }, data: { status: 'succeeded' } })
  return db().ve.update({ where: { id: ve.id }, data: { state: 'stopped' } })
}
async function refused(limits: VeLimitsPart) {
  const ve = await made()
  const problem = await refusal(updateVe(admin(), ve.id, { limits }))
  expect(await db().operation.count({ where: { veId: ve.id, type: 've-configure' } })).toBe(0)
  expect(await db().auditEvent.count({ where: { veId: ve.id, action: 've-limits' } })).toBe(0)
  return problem
}

test('a part is changed, the rest stays; the operation keeps all of them, the audit log what differs', async () => {
  const ve = await made()
  const { ve: shown, operationId } = await updateVe(admin(), ve.id, {
    limits: { memoryBytes: GIB, cpus: 2, beancounters: { numfile: { barrier: 5000, limit: 5000 } } },
  })
  expect(shown.limits.memoryBytes).toBe(DEFAULT_LIMITS.memoryBytes)
  const operation = await db().operation.findUniqueOrThrow({ where: { id: operationId ?? '' } })
  const { change } = operation.input as { change: { limits: typeof DEFAULT_LIMITS } }
  expect(Object.keys(change)).toEqual(['limits'])
  expect(change.limits).toEqual({
    ...DEFAULT_LIMITS,
    memoryBytes: GIB,
    cpus: 2,
    beancounters: { ...DEFAULT_LIMITS.beancounters, numfile: { barrier: 5000, limit: 5000 } },
  })
  const [audit] = await db().auditEvent.findMany({ where: { veId: ve.id, action: 've-limits' } })
  expect(audit?.details).toEqual({
    changes: ['CPUs: all → 2', 'Memory: 512 MiB → 1 GiB', 'Open files: unlimited → 5,000'],
  })
})

test('limits that are as they were ask nothing of the host', async () => {
  const ve = await made()
  const limits = { memoryBytes: DEFAULT_LIMITS.memoryBytes, beancounters: DEFAULT_LIMITS.beancounters }
  expect((await updateVe(admin(), ve.id, { limits })).operationId).toBeNull()
})

test.each<[string, VeLimitsPart, string]>([
  ['limits.diskSoftBytes', { diskSoftBytes: 5 * GIB }, 'invalid-input'],
  ['limits.beancounters.kmemsize', { beancounters: { kmemsize: { barrier: 2, limit: 1 } } }, 'invalid-input'],
  ['limits.cpus', { cpus: 5 }, 'capability-missing'],
  ['limits.cpus', { cpus: 3, cpuMask: '0-1' }, 'capability-missing'],
  ['limits.cpuMask', { cpuMask: '2-4' }, 'capability-missing'],
  ['limits.nodeMask', { nodeMask: '1' }, 'capability-missing'],
  ['limits.ioPerSecond', { ioPerSecond: 100 }, 'capability-missing'],
  ['limits.memoryThrottleBytes', { memoryThrottleBytes: MIB }, 'capability-missing'],
  [
    'limits.beancounters.numflock',
    { beancounters: { numflock: { barrier: 1, limit: 2 } } },
    'capability-missing',
  ],
  ['limits.memoryBytes', { memoryBytes: 200 * GIB }, 'host-full'],
  ['limits.diskBytes', { diskBytes: 4096 * GIB }, 'host-full'],
  [
    'limits.beancounters.vmguarpages',
    { memoryBytes: 60 * GIB, beancounters: { vmguarpages: { barrier: 60 * GIB, limit: null } } },
    'host-full',
  ],
])('%s is refused where it cannot be: %j', async (field, limits, code) => {
  const problem = await refused(limits)
  expect(problem).toMatchObject({ code, fields: { [field]: expect.stringMatching(/\.$/) } })
})

test('what was asked for and is not there yet counts: two do not get what one can have', async () => {
  const host = await makeHost(world.provider, 'small', { memoryBytes: 8n * BigInt(GIB) })
  const [one, two] = [await made(), await made()]
  await db().ve.updateMany({ where: { id: { in: [one.id, two.id] } }, data: { hostId: host } })
  const raise = (ve: { id: string }, memoryBytes: number) =>
    updateVe(admin(), ve.id, { limits: { memoryBytes } })
  expect((await raise(one, 8 * GIB)).operationId).not.toBeNull()
  const problem = await refusal(raise(two, 8 * GIB))
  expect(problem.fields).toEqual({ 'limits.memoryBytes': 'small: 8 GiB memory asked, 4 GiB left.' })
  // Its own former wish is no obstacle.
  expect((await raise(one, 11 * GIB)).operationId).not.toBeNull()
})

test('a disk shrinks while it can, and never below its files', async () => {
  const ve = await made()
  const shrink = (diskBytes: number) => updateVe(admin(), ve.id, { limits: { diskBytes } })
  const fileSystem = { usedBytes: 2 * GIB, totalBytes: 4 * GIB, usedInodes: 1, totalInodes: 2 }
  await db().ve.update({ where: { id: ve.id }, data: { state: 'running', observed: { fileSystem } } })
  expect((await refusal(shrink(3 * GIB))).fields).toEqual({
    'limits.diskBytes': 'It has 4 GiB now, and shrinks only while it is stopped.',
  })
  await db().ve.update({ where: { id: ve.id }, data: { state: 'stopped' } })
  expect((await refusal(shrink(GIB))).fields).toEqual({
    'limits.diskBytes': 'Its files take 2 GiB already.',
  })
  expect((await shrink(3 * GIB)).operationId).not.toBeNull()
})

test('storage without a limit says so', async () => {
  const ve = await made()
  await db().ve.update({ where: { id: ve.id }, data: { storage: 'btrfs' } })
  const problem = await refusal(updateVe(admin(), ve.id, { limits: { diskInodes: 100_000 } }))
  expect(problem.fields).toEqual({ 'limits.diskInodes': 'Btrfs storage has no such limit.' })
})

test('quota below what is used already is refused with the numbers', async () => {
  const ve = await made()
  const fileSystem = { usedBytes: 1, totalBytes: 2, usedInodes: 5_000, totalInodes: 9_000 }
  await db().ve.update({ where: { id: ve.id }, data: { observed: { fileSystem } } })
  const problem = await refusal(updateVe(admin(), ve.id, { limits: { diskInodes: 4_999 } }))
  expect(problem.fields).toEqual({ 'limits.diskInodes': 'It has 5,000 files already.' })
  expect((await updateVe(admin(), ve.id, { limits: { diskInodes: 5_000 } })).operationId).not.toBeNull()
})

test('what is there already is no reason to refuse another change', async () => {
  const ve = await made()
  await db().ve.update({ where: { id: ve.id }, data: { moreLimits: { ioPerSecond: 100 } } })
  expect((await updateVe(admin(), ve.id, { limits: { cpuUnits: 2000 } })).operationId).not.toBeNull()
})

test('owners do not raise what they were sold; those above them do, but bind nobody to CPUs', async () => {
  const { customer, reseller } = world.people
  const ve = await made()
  await db().ve.update({ where: { id: ve.id }, data: { accountId: customer.accountId } })
  const raise = { limits: { memoryBytes: GIB } }
  expect((await refusal(updateVe(customer.viewer, ve.id, raise))).code).toBe('forbidden')
  const bound = await refusal(updateVe(reseller.viewer, ve.id, { limits: { cpuMask: '0' } }))
  expect(bound).toMatchObject({ code: 'forbidden', fields: { 'limits.cpuMask': expect.any(String) } })
  expect((await updateVe(reseller.viewer, ve.id, raise)).operationId).not.toBeNull()
})

test('a change that is asked for while another waits takes nothing of it back', async () => {
  const { customer, admin: provider } = world.people
  const ve = await made()
  await db().ve.update({ where: { id: ve.id }, data: { accountId: customer.accountId } })
  await updateVe(provider.viewer, ve.id, { limits: { memoryBytes: 256 * MIB } })
  const { operationId } = await updateVe(provider.viewer, ve.id, { limits: { cpuUnits: 2000 } })
  const { input } = await db().operation.findUniqueOrThrow({ where: { id: operationId ?? '' } })
  expect(input).toMatchObject({ change: { limits: { memoryBytes: 256 * MIB, cpuUnits: 2000 } } })
  const audits = await db().auditEvent.findMany({ where: { veId: ve.id, action: 've-limits' } })
  expect(audits.map(({ details }) => details)).toContainEqual({ changes: ['CPU weight: 1,000 → 2,000'] })
  // Nor does its owner, with what it has still.
  const back = { limits: { memoryBytes: DEFAULT_LIMITS.memoryBytes } }
  expect((await refusal(updateVe(customer.viewer, ve.id, back))).code).toBe('forbidden')
  expect((await updateVe(provider.viewer, ve.id, back)).operationId).not.toBeNull()
})

test('what those above could not give, the owner does not take by trying again', async () => {
  const { customer, admin: provider } = world.people
  const ve = await made()
  await db().ve.update({ where: { id: ve.id }, data: { accountId: customer.accountId } })
  const asked = await updateVe(provider.viewer, ve.id, { limits: { memoryBytes: GIB } })
  const id = asked.operationId ?? ''
  await db().operation.update({ where: { id }, data: { status: 'failed', accountId: customer.accountId } })
  expect((await refusal(retryOperation(customer.viewer, id))).code).toBe('forbidden')
  expect((await retryOperation(provider.viewer, id)).operationId).not.toBe(id)
})

test('a new VE is judged likewise', async () => {
  const limits = (part: VeLimitsPart) => refusal(made(admin(), part))
  expect((await limits({ diskSoftInodes: 2, diskInodes: 1 })).fields).toHaveProperty([
    'limits.diskSoftInodes',
  ])
  const host = world.hosts.one
  const input = { name: 'x', hostname: 'x.example.org', templateId: world.template, hostId: host }
  const problem = await refusal(createVe(admin(), { ...input, limits: { ioPerSecond: 10 } }))
  expect(problem).toMatchObject({
    code: 'capability-missing',
    fields: { 'limits.ioPerSecond': expect.any(String) },
  })
  const kept = await made(admin(), { cpus: 2 })
  expect(kept.moreLimits).toMatchObject({ cpus: 2 })
})
