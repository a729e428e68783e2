/** What undoing must not reach: a VE that is another's, a host that hears of a creation only later, what was built in time. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { SimulatedHost } from '../../agents/sim/simulated-host.ts'
import { db, transaction } from '../db/client.ts'
import { Hosts } from './hosts.ts'
import type { OperationLog } from './operation-log.ts'
import { stepContext } from './saga-context.ts'
import { sagaOf } from './sagas.ts'
import type { SshHosts } from './ssh-hosts.ts'
import { makeFleet, makeVe, useTestDatabase } from './test-fleet.ts'

let database: { drop(): Promise<void> }
beforeAll(async () => {
  database = await useTestDatabase()
})
afterAll(() => database.drop())

const SILENT = { add: () => {}, detail: () => {} } as unknown as OperationLog
const create = sagaOf('ve-create')

async function creation() {
  const fleet = await makeFleet()
  const ve = await makeVe(fleet, 'undone')
  const hosts = new Hosts({} as SshHosts)
  const input = { veId: ve.id, start: false }
  const operationId = crypto.randomUUID()
  const course = {
    operationId,
    input,
    secret: undefined,
    outputs: {},
    hosts: hosts.forOperation(),
    log: SILENT,
  }
  const never = new AbortController().signal
  const context = (direction: 'do' | 'undo') => stepContext(course, 'create', direction, never)
  const host = (await hosts.link(fleet.hostId)) as SimulatedHost
  const call = host.call.bind(host)
  return { fleet, ve, context, call, settled: { operationId, input, outputs: {} } as never }
}

async function specSentBy({ context }: Awaited<ReturnType<typeof creation>>) {
  let params: unknown
  const keeping = {
    ...context('do'),
    call: async (_host: string, _method: string, sent: unknown) => (params = sent),
  }
  await create.steps.create?.do(keeping as never)
  return params as { spec: { uuid: string; veid: number; epoch: number } }
}

test('a creation that finds its number taken on the host leaves the other VE alone', async () => {
  const made = await creation()
  const params = await specSentBy(made)
  const other = { ...params.spec, uuid: crypto.randomUUID() }
  await made.call('ve-create', { ...params, spec: other } as never, { key: 'other' })
  await expect(create.steps.create?.do(made.context('do'))).rejects.toMatchObject({ code: 'veid-taken' })
  await create.steps.create?.undo?.(made.context('undo'))
  const { ves } = await made.call('ve-state', { veid: other.veid }, { key: 'look' })
  expect(ves).toMatchObject([{ uuid: other.uuid }])
})

test('a template that is rebuilt between two tries of a creation does not cost the VE its creation', async () => {
  const made = await creation()
  const keys: string[] = []
  const link = (await made.context('do').hosts.link(made.fleet.hostId)) as SimulatedHost
  const call = link.call.bind(link)
  link.call = ((method: never, params: never, options: { key: string }) => {
    keys.push(options.key)
    return call(method, params, options)
  }) as typeof link.call
  const first = await create.steps.create?.do(made.context('do'))
  await create.steps.create?.do(made.context('do'))
  await db().templateCache.updateMany({ data: { digest: `sha256:${'b'.repeat(64)}` } })
  expect(await create.steps.create?.do(made.context('do'))).toMatchObject({ uuid: made.ve.id })
  expect(first).toMatchObject({ uuid: made.ve.id })
  expect(keys[1]).toBe(keys[0])
  expect(keys[2]).not.toBe(keys[0])
})

test('a request of an undone creation that arrives late is refused; trying again is not', async () => {
  const made = await creation()
  const late = await specSentBy(made)
  await create.steps.create?.undo?.(made.context('undo'))
  await expect(made.call('ve-create', late as never, { key: 'late' })).rejects.toMatchObject({
    code: 'stale-epoch',
  })
  const problem = { code: 'cancelled', detail: '', toJson: () => ({}) }
  await transaction(async (tx) =>
    create.settle?.(tx, { status: 'stuck', begun: true, problem: problem as never }, made.settled),
  )
  const { epoch } = await db().ve.findUniqueOrThrow({ where: { id: made.ve.id } })
  expect(epoch).toBe(late.spec.epoch + 1)
  await create.steps.create?.do({ ...made.context('do'), key: 'again' } as never)
})

test('a template that was built again before that could be called off is recorded as it is now', async () => {
  const { templateId, hostId } = await makeFleet()
  const hosts = new Hosts({} as SshHosts).forOperation()
  const [operationId, input] = [crypto.randomUUID(), { templateId, hostId }]
  const course = { operationId, input, secret: undefined, outputs: {}, hosts, log: SILENT }
  const { build } = sagaOf('template-build').steps
  const never = new AbortController().signal
  const built = (await build?.do(stepContext(course, 'build', 'do', never))) as { digest: string }
  const recorded = () => db().templateCache.findFirstOrThrow({ where: { templateId, hostId } })
  expect((await recorded()).digest).not.toBe(built.digest)
  await build?.undo?.(stepContext(course, 'build', 'undo', never))
  expect((await recorded()).digest).toBe(built.digest)
})
