import { afterAll, beforeAll, expect, test } from 'vitest'
import { simulatedFacts } from '../../agents/sim/simulated-facts.ts'
import { GIB } from '../contract/units.ts'
import { DEFAULT_LIMITS } from '../contract/ve-limits.ts'
import { db } from '../db/client.ts'
import { makeTestWorld, refusal, type TestWorld } from '../http/test-world.ts'
import type { VeChange } from '../ves/change.ts'
import { createVe } from '../ves/create.ts'
import { getVe, listVes } from '../ves/queries.ts'
import { applyPlan } from './apply.ts'
import { createPlan, newVersion, removePlan } from './commands.ts'
import { getPlan, listPlans, listPlanVersions } from './queries.ts'
import { outdatedVes, rollOut } from './roll-out.ts'
import { getVePlan } from './ve-plan.ts'

let world: TestWorld
let count = 0

beforeAll(async () => {
  world = await makeTestWorld()
  await tellFacts([])
})
afterAll(() => world.close())

/** What the host's agent told, but for these. */
async function tellFacts(without: string[]): Promise<void> {
  const { facts, capabilities } = simulatedFacts('node1', 'boot', 0)
  for (const name of without)
    Object.assign(capabilities, { [name]: { available: false, reason: `No ${name}.` } })
  await db().host.update({ where: { id: world.hosts.one }, data: { facts, capabilities } })
}

const who = (name: keyof TestWorld['people']) => world.people[name].viewer
const named = (name: string) => `${name} ${++count}`
const plan = (limits: object = {}, by: keyof TestWorld['people'] = 'admin') =>
  createPlan(who(by), { name: named('Plan'), limits })

async function madeVe(by: keyof TestWorld['people'], more: object = {}) {
  count += 1
  const input = { name: `ve-${count}`, hostname: 've.example.org', templateId: world.template, ...more }
  const { ve, operationId } = await createVe(who(by), input)
  await db().operation.update({ where: { id: operationId }, data: { status: 'succeeded' } })
  await db().ve.update({ where: { id: ve.id }, data: { state: 'stopped' } })
  return ve
}

test('versions are numbered, whole and never changed', async () => {
  const first = await plan({ memoryBytes: GIB, beancounters: { numfile: { barrier: 9, limit: 9 } } })
  expect(first).toMatchObject({ latest: { number: 1, actorName: 'Ada Admin' }, ves: 0, outdated: 0 })
  expect(first.latest.limits).toMatchObject({ ...DEFAULT_LIMITS, memoryBytes: GIB, beancounters: {} })
  const second = await newVersion(who('admin'), first.id, { limits: { cpuUnits: 500 }, note: 'Less CPU.' })
  expect(second.latest).toMatchObject({
    number: 2,
    note: 'Less CPU.',
    limits: { memoryBytes: GIB, cpuUnits: 500 },
  })
  const { items } = await listPlanVersions(who('admin'), first.id)
  expect(items.map(({ number, limits }) => [number, limits.cpuUnits])).toEqual([
    [2, 500],
    [1, 1000],
  ])
  expect(await refusal(newVersion(who('admin'), first.id, { limits: { cpuUnits: 500 } }))).toMatchObject({
    code: 'conflict',
    detail: 'Nothing is different from version 2.',
  })
})

test('limits that contradict each other, and taken names, are refused with the field', async () => {
  const { name, id } = await plan()
  const softer = { limits: { diskBytes: GIB, diskSoftBytes: 2 * GIB } }
  expect((await refusal(createPlan(who('admin'), { name: named('Odd'), ...softer }))).fields).toEqual({
    'limits.diskSoftBytes': 'Above the hard limit.',
  })
  expect((await refusal(newVersion(who('admin'), id, softer))).code).toBe('invalid-input')
  expect((await refusal(createPlan(who('admin'), { name: name.toUpperCase() }))).fields).toEqual({
    name: 'Another plan has this name.',
  })
  // Another account may call its own the same.
  expect((await createPlan(who('reseller'), { name })).name).toBe(name)
  const pinned = { name: named('Pinned'), limits: { cpuMask: '0-1' } }
  expect((await refusal(createPlan(who('reseller'), pinned))).code).toBe('forbidden')
})

test('offered downwards, managed by its own', async () => {
  const [top, middle] = [await plan(), await plan({}, 'reseller')]
  const names = async (by: keyof TestWorld['people']) =>
    (await listPlans(who(by), { q: 'Plan', limit: 200 })).items.map(({ id }) => id)
  expect(await names('customer')).toEqual(expect.arrayContaining([top.id, middle.id]))
  expect(await names('stranger')).not.toContain(middle.id)
  expect((await refusal(getPlan(who('stranger'), middle.id))).code).toBe('not-found')
  for (const by of ['watcher', 'customer', 'reseller'] as const) {
    expect((await refusal(newVersion(who(by), top.id, { limits: {} }))).code).toBe('forbidden')
    expect((await refusal(removePlan(who(by), top.id))).code).toBe('forbidden')
    expect((await refusal(rollOut(who(by), top.id))).code).toBe('forbidden')
  }
  expect((await refusal(createPlan(who('customer'), { name: 'x' }))).code).toBe('forbidden')
  expect((await refusal(rollOut(who('stranger'), middle.id))).code).toBe('not-found')
})

test('a VE is made with the latest version, and what is said on top', async () => {
  const { id, name } = await plan({ memoryBytes: GIB, processes: 99 })
  await newVersion(who('admin'), id, { limits: { processes: 200 } })
  const ve = await madeVe('reseller', { planId: id, limits: { cpuUnits: 10 } })
  expect(ve).toMatchObject({
    plan: { id, name, version: 2 },
    limits: { memoryBytes: GIB, processes: 200, cpuUnits: 10 },
  })
  const hidden = await plan({}, 'reseller')
  expect((await refusal(madeVe('stranger', { planId: hidden.id }))).fields).toEqual({
    planId: 'There is no plan with this id.',
  })
  const { plan: of, limits } = await getVePlan(who('reseller'), ve.id)
  expect(of).toEqual({ id, name, version: 2, latest: 2 })
  expect(limits.filter(({ differs }) => differs).map(({ field }) => field)).toEqual(['cpuUnits'])
  expect((await listVes(who('reseller'), { planId: id })).items.map(({ id }) => id)).toEqual([ve.id])
  expect(await getPlan(who('reseller'), id)).toMatchObject({ ves: 1, outdated: 0 })
  expect(await getPlan(who('stranger'), id)).toMatchObject({ ves: 0 })
})

test('giving a VE a plan is a change of its limits; its record says so when that is done', async () => {
  const { id, name, latest } = await plan({ cpuUnits: 300 })
  const ve = await madeVe('reseller')
  const { operationId } = await applyPlan(who('admin'), ve.id, { planId: id })
  const operation = await db().operation.findUniqueOrThrow({ where: { id: operationId as string } })
  expect(operation).toMatchObject({
    type: 've-configure',
    planId: id,
    title: `Give ${ve.name} ${name} version 1`,
  })
  expect((operation.input as { change: VeChange }).change).toEqual({
    limits: latest.limits,
    planVersionId: latest.id,
  })
  expect((await getVe(who('admin'), ve.id)).plan).toBeNull()
  expect((await refusal(removePlan(who('admin'), id))).detail).toMatch(/^A VE is being given/)
  expect((await refusal(applyPlan(who('admin'), ve.id, { planId: id, version: 2 }))).fields).toEqual({
    version: 'The plan has no version 2.',
  })
})

test('nobody gives himself a plan, and nobody takes himself off one', async () => {
  const { id } = await plan()
  const own = await madeVe('reseller', { planId: id })
  for (const planId of [id, null])
    expect((await refusal(applyPlan(who('reseller'), own.id, { planId }))).code).toBe('forbidden')
  expect((await refusal(applyPlan(who('stranger'), own.id, { planId: id }))).code).toBe('not-found')
  expect((await refusal(applyPlan(who('watcher'), own.id, { planId: id }))).code).toBe('forbidden')
})

test('a plan that its host cannot hold is refused with each reason, and nothing is asked for', async () => {
  await tellFacts(['io-limits', 'memory-throttle'])
  const { id, name } = await plan({ ioPerSecond: 100, memoryThrottleBytes: GIB / 4, cpus: 99 })
  const ve = await madeVe('reseller')
  const before = await db().operation.count()
  const problem = await refusal(applyPlan(who('admin'), ve.id, { planId: id }))
  expect(problem).toMatchObject({
    code: 'capability-missing',
    detail: expect.stringMatching(new RegExp(`^node1 cannot hold a VE to ${name} version 1\\.`)),
  })
  expect(Object.keys(problem.fields ?? {})).toEqual([
    'limits.memoryThrottleBytes',
    'limits.ioPerSecond',
    'limits.cpus',
  ])
  expect(await db().operation.count()).toBe(before)
  await tellFacts([])
})

test('a roll-out is refused as a whole where one of the hosts cannot hold its VEs to it', async () => {
  const { id, name } = await plan()
  expect((await refusal(rollOut(who('admin'), id))).detail).toBe(`No VE uses a version of ${name} before 1.`)
  await madeVe('reseller', { planId: id, hostId: undefined })
  await newVersion(who('admin'), id, { limits: { ioPerSecond: 100 } })
  await tellFacts(['io-limits'])
  expect(await refusal(rollOut(who('admin'), id))).toMatchObject({
    code: 'capability-missing',
    fields: { 'limits.ioPerSecond': expect.stringContaining('No io-limits.') },
  })
  await tellFacts([])
  const { operationId } = await rollOut(who('admin'), id)
  expect(await db().operation.findUnique({ where: { id: operationId } })).toMatchObject({
    type: 'plan-roll-out',
    planId: id,
    input: { planId: id, version: 2 },
  })
  expect((await refusal(rollOut(who('admin'), id))).detail).toMatch(/is being rolled out/)
})

test('a roll-out leaves out what its owner was sold: nobody raises their own limits', async () => {
  const { id, name } = await plan({}, 'reseller')
  const own = await madeVe('reseller', { planId: id })
  await newVersion(who('reseller'), id, { limits: { memoryBytes: GIB } })
  expect((await refusal(rollOut(who('reseller'), id))).detail).toBe(
    `No VE uses a version of ${name} before 2.`,
  )
  const { accountId } = world.people.customer
  const sold = await madeVe('reseller')
  const { planVersionId } = await db().ve.findUniqueOrThrow({ where: { id: own.id } })
  await db().ve.update({ where: { id: sold.id }, data: { accountId, planVersionId } })
  const ids = async (by: keyof TestWorld['people']) =>
    (await outdatedVes(db(), who(by), { planId: id, number: 2 })).map((ve) => ve.id)
  expect(await ids('reseller')).toEqual([sold.id])
  expect(await ids('admin')).toEqual([own.id, sold.id])
  expect(await refusal(rollOut(who('admin'), id, { version: 2 ** 30 }))).toMatchObject({
    fields: { version: `The plan has no version ${2 ** 30}.` },
  })
})

test('what a plan of the provider binds a VE to it gives to whoever makes one with it', async () => {
  const { id } = await plan({ cpuMask: '0' })
  expect((await madeVe('reseller', { planId: id })).limits.cpuMask).toBe('0')
  expect((await refusal(madeVe('reseller', { planId: id, limits: { cpuMask: null } }))).code).toBe(
    'forbidden',
  )
})

test('a plan in use is not removed; without VEs it goes, and a destroyed VE with it is no obstacle', async () => {
  const { id, name } = await plan()
  const ve = await madeVe('reseller', { planId: id })
  const gone = await madeVe('reseller', { planId: id })
  await db().ve.update({ where: { id: gone.id }, data: { state: 'destroyed', destroyedAt: new Date() } })
  expect((await refusal(removePlan(who('admin'), id))).detail).toBe(
    `1 VE uses ${name}: give them another plan, or none, first.`,
  )
  const detached = await applyPlan(who('admin'), ve.id, { planId: null })
  expect(detached).toMatchObject({ operationId: null, ve: { plan: null } })
  await removePlan(who('admin'), id)
  expect((await refusal(getPlan(who('admin'), id))).code).toBe('not-found')
  const log = await db().auditEvent.findMany({ where: { subject: name }, orderBy: { at: 'asc' } })
  expect(log.map(({ details }) => details)).toEqual([{ version: 1 }, { removed: true }])
})
