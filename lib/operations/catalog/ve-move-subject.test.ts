/** Which host is asked what, and in which order, when one of them does not answer. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Problem } from '../../contract/problem.ts'
import { db } from '../../db/client.ts'
import { type Fleet, makeFleet, makeNeighbour, makeVe, useTestDatabase } from '../../worker/test-fleet.ts'
import { activate, callOff, clearSource, type MoveContext, takeBack } from './ve-move-subject.ts'

let database: { drop(): Promise<void> }
let fleet: Fleet
let there: string
beforeAll(async () => {
  database = await useTestDatabase()
  fleet = await makeFleet()
  there = (await makeNeighbour(fleet)).id
})
afterAll(() => database.drop())

type Answers = Record<string, unknown>

/** `answers`: by "here:method" or "there:method"; a Problem is thrown, what is not named is answered with nothing. */
async function moving(answers: Answers, { frozen = true, to = there } = {}) {
  const ve = await makeVe(fleet, 'asked', 'running')
  const asked: string[] = []
  const aborted = AbortSignal.timeout(60_000)
  const call = async (hostId: string, method: string) => {
    const what = `${hostId === to ? 'there' : 'here'}:${method}`
    if (method !== 've-state') asked.push(what)
    const answer = answers[what] ?? { ves: [] }
    if (answer instanceof Problem) throw answer
    return answer
  }
  const place = (id: string, name: string) => ({ id, name, address: '192.0.2.1', port: 22 })
  const context = {
    ...{ operationId: crypto.randomUUID(), signal: aborted, call, log: () => {}, progress: () => {} },
    input: { veId: ve.id, hostId: to, kind: 'live', keep: false, timeoutSeconds: 5 },
    outputs: {
      look: { epoch: 1, source: place(fleet.hostId, 'here'), target: place(to, 'there') },
      ...(frozen ? { freeze: { release: 'f'.repeat(64), at: Date.now() } } : {}),
    },
  } as unknown as MoveContext
  const observed = { veid: ve.veid, uuid: ve.id, state: 'running', epoch: 2 }
  return { ve, asked, context, observed, answers }
}
const away = new Problem('host-unreachable', 'No route.')
const refused = new Problem('ve-state-forbids', 'It has been taken over.')
const hostOf = async (id: string) => (await db().ve.findUniqueOrThrow({ where: { id } })).hostId

test('released: while the destination does not answer, the source is not asked to let it go on', async () => {
  const { asked, context, ve } = await moving({ 'there:move-cancel': away })
  await expect(takeBack(context)).rejects.toThrow(/may have the VE. It stands still until there says/)
  expect(asked).toEqual(['there:move-cancel'])
  expect(await hostOf(ve.id)).toBe(fleet.hostId)
})

test('released: once it has dropped it, the source is asked, and told so', async () => {
  const { asked, context } = await moving({})
  await takeBack(context)
  expect(asked).toEqual(['there:move-cancel', 'here:move-cancel'])
})

test('released: a destination that has it keeps it, and the source is never asked to let it go on', async () => {
  const { asked, context, ve, observed, answers } = await moving({ 'there:move-cancel': refused })
  answers['there:ve-state'] = { ves: [observed] }
  await takeBack(context)
  expect(asked).toEqual(['there:move-cancel', 'here:move-done'])
  expect(await hostOf(ve.id)).toBe(there)
  await takeBack(context)
  expect(asked).toHaveLength(2)
})

test('not known whether it was released: the source says; if not, it goes on though the destination is away', async () => {
  const kept = await moving({ 'there:move-cancel': away }, { frozen: false })
  await takeBack(kept.context)
  expect(kept.asked).toEqual(['here:move-cancel'])
  const released = await moving({ 'here:move-cancel': refused, 'there:move-cancel': away }, { frozen: false })
  await expect(takeBack(released.context)).rejects.toThrow(/stands still until there says/)
  expect(released.asked).toEqual(['here:move-cancel', 'there:move-cancel'])
})

test('released: a destination that was removed from the panel has nothing, and is not waited for', async () => {
  const { asked, context } = await moving({}, { to: crypto.randomUUID() })
  await takeBack(context)
  expect(asked).toEqual(['here:move-cancel'])
})

test('one that the destination cannot bring to life is the destination’s; one that it dropped is not', async () => {
  const broken = new Problem('restore-failed', 'CRIU says no.')
  const kept = await moving({ 'there:move-activate': broken, 'there:move-cancel': refused })
  kept.answers['there:ve-state'] = { ves: [{ ...kept.observed, state: 'hibernated' }] }
  expect(await activate(kept.context)).toMatchObject({
    ...{ ve: { state: 'hibernated' }, problem: { code: 'restore-failed' } },
  })
  expect(await hostOf(kept.ve.id)).toBe(there)
  const dropped = await moving({ 'there:move-activate': broken })
  await expect(activate(dropped.context)).rejects.toThrow(/CRIU says no/)
  expect(await hostOf(dropped.ve.id)).toBe(fleet.hostId)
})

test('not released: the VE goes on first; what is left on a destination that is away is noted', async () => {
  const { asked, context, ve } = await moving({ 'there:move-cancel': away })
  await callOff(context)
  expect(asked[0]).toBe('here:move-cancel')
  const remains = await db().moveRemains.findMany({ where: { uuid: ve.id } })
  expect(remains).toMatchObject([{ hostId: there, epoch: 2, newEpoch: null }])
}, 60_000)

test('done: a former host that is away clears up later', async () => {
  const { context, ve } = await moving({ 'here:move-done': away })
  expect(await clearSource(context)).toBe(false)
  const remains = await db().moveRemains.findMany({ where: { uuid: ve.id } })
  expect(remains).toMatchObject([{ hostId: fleet.hostId, epoch: 1, newEpoch: 2, keep: false }])
}, 60_000)

test('done: a former host that fails at clearing up tries again later', async () => {
  const { context, ve } = await moving({ 'here:move-done': new Problem('command-failed', 'Busy.') })
  await expect(clearSource(context)).rejects.toThrow(/Busy/)
  expect(await db().moveRemains.count({ where: { uuid: ve.id } })).toBe(1)
})
