/**
 * Two tests over every saga there is: each step twice, and failure at each step, in do and in undo, with nothing left
 * behind. On a real database and a simulated host. A new saga does not compile here until it has a fixture.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Problem } from '../contract/problem.ts'
import { VE_STATE, type VeState } from '../contract/ve-state.ts'
import { type Db, db, transaction } from '../db/client.ts'
import { OPERATION_TYPES, OPERATIONS, type OperationType } from '../operations/registry.ts'
import type { Outcome, SettledContext } from '../operations/saga.ts'
import { Hosts } from './hosts.ts'
import type { OperationLog } from './operation-log.ts'
import { type RunnableStep, runSaga, type SagaRecord } from './run-saga.ts'
import { stepContext } from './saga-context.ts'
import { sagaOf } from './sagas.ts'
import type { SshHosts } from './ssh-hosts.ts'
import { type Fleet, makeFleet, makeNeighbour, makeVe, useTestDatabase } from './test-fleet.ts'
import { makeRollOut, runParts } from './test-roll-out.ts'

let database: { drop(): Promise<void> }
beforeAll(async () => {
  database = await useTestDatabase()
})
afterAll(() => database.drop())

type Subject = {
  fleet: Fleet
  input: Record<string, unknown>
  veId?: string
  /** Of its row, where it needs one. */
  operationId?: string
  /** Does what other operations have to do for it, until the signal aborts. */
  beside?: (hosts: Hosts, signal: AbortSignal) => Promise<void>
}
type Fixture = {
  make(): Promise<Subject>
  /** Whether a failure leaves the host as it was. What removes or stops things cannot be taken back. */
  undoes: boolean | ((step: string, when: 'before' | 'after') => boolean)
  /** The state of a VE that such an operation got stuck on; "failed" unless said otherwise. */
  stuckState?: VeState
}

const onHost: Fixture = {
  undoes: true,
  async make() {
    const fleet = await makeFleet()
    return { fleet, input: { hostId: fleet.hostId } }
  },
}
const onVe = (
  state: 'creating' | 'stopped' | 'running' | 'hibernated',
  undoes: boolean,
  more: object = {},
): Fixture => ({
  undoes,
  async make() {
    const fleet = await makeFleet()
    const ve = await makeVe(fleet, 'generic', state)
    return { fleet, veId: ve.id, input: { veId: ve.id, ...more } }
  },
})

/** With a snapshot's row; unless it is being created, its host has it. */
const onSnapshot = (
  veState: 'running',
  state: 'creating' | 'ready' | 'deleting',
  undoes: boolean,
  more: object = {},
): Fixture => ({
  ...onVe(veState, undoes),
  ...(state === 'creating' ? { stuckState: veState } : {}),
  async make() {
    const { fleet, veId = '' } = await onVe(veState, undoes).make()
    const { id } = await db().snapshot.create({
      data: {
        ...{ veId, accountId: fleet.accountId, name: 'before', memory: true, state, limits: {} },
        ...{ takenAt: state === 'creating' ? null : new Date(), createdByName: 'test' },
      },
    })
    return { fleet, veId, input: { veId, snapshotId: id, ...more } }
  },
})

/** With a backup's row; unless it is being created, its host has it. */
const onBackup = (
  veState: 'creating' | 'running' | 'stopped',
  state: 'creating' | 'ready' | 'deleting',
  undoes: boolean,
  more: object = {},
): Fixture => ({
  ...onVe(veState, undoes),
  async make() {
    const { fleet, veId = '' } = await onVe(veState, undoes).make()
    const { accountId, hostId } = fleet
    const name = crypto.randomUUID()
    const store = await db().backupStore.create({
      data: { accountId, hostId, name, path: `/vz/${name}`, perVeMost: 8, state: 'ready' },
    })
    const taken = { takenAt: new Date(), digest: `sha256:${'0'.repeat(64)}`, bytes: 1, diskBytes: 1 }
    const { id } = await db().backup.create({
      data: {
        ...{ veId, accountId, storeId: store.id, state, settings: {}, createdByName: 'test' },
        ...(state === 'creating' ? {} : taken),
      },
    })
    return { fleet, veId, input: { veId, backupId: id, ...more } }
  },
})

const onStore: Fixture = {
  undoes: true,
  async make() {
    const fleet = await makeFleet()
    const { accountId, hostId } = fleet
    const name = crypto.randomUUID()
    const data = { accountId, hostId, name, path: `/vz/${name}`, perVeMost: 8 }
    const store = await db().backupStore.create({ data })
    return { fleet, input: { hostId, storeId: store.id, make: true } }
  },
}

/** To another host, which comes to have it as soon as it was activated there. */
const onMove = (state: 'running' | 'stopped', more: object): Fixture => ({
  undoes: (step, when) => step !== 'done' && !(step === 'activate' && when === 'after'),
  async make() {
    const fleet = await makeFleet()
    const ve = await makeVe(fleet, 'generic', state)
    const { id: hostId } = await makeNeighbour(fleet)
    await db().ve.update({ where: { id: ve.id }, data: { movingToId: 'kind' in more ? hostId : null } })
    return { fleet, veId: ve.id, input: { veId: ve.id, hostId, ...more } }
  },
})

const FIXTURES: Record<OperationType, Fixture> = {
  'host-probe': {
    undoes: true,
    make: async () => ({ fleet: await makeFleet(), input: { address: '192.0.2.1', port: 22 } }),
  },
  'host-enrol': onHost,
  'host-refresh': onHost,
  'host-upgrade-agent': onHost,
  'host-remove': onHost,
  'host-evacuation-plan': {
    undoes: true,
    async make() {
      const fleet = await makeFleet()
      await makeVe(fleet, 'generic', 'stopped')
      await makeNeighbour(fleet)
      return { fleet, input: { hostId: fleet.hostId, restart: false } }
    },
  },
  'host-evacuate': {
    undoes: true,
    async make() {
      const fleet = await makeFleet()
      return { fleet, input: { hostId: fleet.hostId, moves: [], perPair: 2, atOnce: 4 } }
    },
  },
  'fleet-balance': {
    undoes: true,
    make: async () => ({ fleet: await makeFleet(), input: { moves: [], perPair: 2, atOnce: 4 } }),
  },
  'template-build': {
    undoes: true,
    async make() {
      const fleet = await makeFleet()
      await db().templateCache.deleteMany({ where: { templateId: fleet.templateId } })
      return { fleet, input: { templateId: fleet.templateId, hostId: fleet.hostId } }
    },
  },
  'plan-roll-out': {
    undoes: true,
    async make() {
      const { fleet, planId, operationId } = await makeRollOut()
      return { fleet, input: { planId, version: 2 }, operationId, beside: runParts }
    },
  },
  've-create': onVe('creating', true, { start: true }),
  've-start': onVe('stopped', true),
  've-stop': onVe('running', false, { timeoutSeconds: 1 }),
  've-configure': {
    ...onVe('running', true, { change: { hostname: 'other.example.org' } }),
    stuckState: 'running',
  },
  've-restart': onVe('running', false, { timeoutSeconds: 1 }),
  've-hibernate': onVe('running', true),
  've-resume': onVe('hibernated', true),
  've-rescue': onVe('stopped', true),
  've-suspend': onVe('running', false, { reason: 'abuse', note: null, timeoutSeconds: 1 }),
  've-unsuspend': {
    ...onVe('stopped', true),
    async make() {
      const subject = await onVe('stopped', true).make()
      const data = { suspendedAt: new Date(), suspendReason: 'payment' as const, suspendedRunning: true }
      await db().ve.update({ where: { id: subject.veId as string }, data })
      return subject
    },
  },
  've-exec': onVe('running', true, {
    command: ['true'],
    environment: {},
    timeoutSeconds: 5,
    outputBytes: 100,
    hasStdin: false,
  }),
  've-quota-read': onVe('running', true),
  've-quota-set': onVe('running', true, {
    kind: 'user',
    owner: {
      id: 1000,
      limits: { softBytes: null, hardBytes: 2 ** 30, softInodes: null, hardInodes: null },
    },
  }),
  've-snapshot-create': onSnapshot('running', 'creating', true, { memory: true }),
  've-snapshot-delete': onSnapshot('running', 'deleting', false),
  've-snapshot-rollback': onSnapshot('running', 'ready', false, {
    memory: true,
    start: true,
    timeoutSeconds: 1,
  }),
  've-snapshot-mount': { ...onSnapshot('running', 'ready', true), stuckState: 'running' },
  've-snapshot-unmount': onSnapshot('running', 'ready', false),
  've-backup': { ...onBackup('running', 'creating', true), stuckState: 'running' },
  've-backup-verify': onBackup('running', 'ready', true),
  've-backup-delete': onBackup('running', 'deleting', true),
  've-backup-restore': onBackup('running', 'ready', false, { start: true, timeoutSeconds: 1 }),
  've-recover': onBackup('creating', 'ready', true, { start: true }),
  'backup-store-check': onStore,
  've-move': onMove('running', { kind: 'restart', keep: false, timeoutSeconds: 1 }),
  've-move-check': { ...onMove('running', {}), undoes: true, stuckState: 'running' },
  've-destroy': onVe('stopped', false),
}

const KEY = { hostKey: 'ssh-ed25519 AAAA', keyType: 'ssh-ed25519', fingerprint: 'SHA256:x' }
const NO_SSH: SshHosts = {
  link: () => {
    throw new Error('These hosts are simulated.')
  },
  probe: async () => KEY,
  enrol: async () => {
    throw new Error('These hosts are simulated.')
  },
  signedAgent: async () => ({ bundle: 'b', signature: 's' }),
  panelKey: 'A'.repeat(68),
  forget: () => {},
  close: () => {},
}

const SILENT = { add: () => {}, detail: () => {} } as unknown as OperationLog
const noRecord: SagaRecord = {
  stepStarted: async (_, begin) => {
    if (begin) await transaction(begin)
  },
  stepDone: async () => {},
  stepFailed: async () => {},
  stepUndoing: async () => {},
  stepUndone: async () => {},
  stepUndoFailed: async () => {},
}
const BOOM = new Problem('agent-failed', 'It fails for the test.')

type Faults = {
  /** The step whose do fails, before anything happened or after all of it did. */
  failDo?: { index: number; when: 'before' | 'after' }
  failUndo?: number
}

/** Runs a saga with every do and every undo carried out twice, and settles it. */
async function runTwice(
  type: OperationType,
  subject: Subject,
  hosts: Hosts,
  faults: Faults = {},
): Promise<Outcome> {
  const saga = sagaOf(type)
  const operationId = subject.operationId ?? crypto.randomUUID()
  const outputs: Record<string, unknown> = {}
  const course = {
    operationId,
    input: subject.input,
    secret: undefined,
    outputs,
    hosts: hosts.forOperation(),
    log: SILENT,
  }
  const steps = OPERATIONS[type].steps.map(({ name }, index): RunnableStep => {
    const step = saga.steps[name]
    if (!step) throw new Error(`${type} has no step ${name}.`)
    const { undo, begin } = step
    return {
      name,
      status: 'waiting',
      ...(begin && { begin: (tx: Db) => begin(tx, course as unknown as SettledContext<OperationType>) }),
      async do(signal) {
        const fails = faults.failDo?.index === index ? faults.failDo.when : null
        if (fails === 'before') throw BOOM
        await step.do(stepContext(course, name, 'do', signal))
        const output = (await step.do(stepContext(course, name, 'do', signal))) ?? null
        if (fails === 'after') throw BOOM
        outputs[name] = JSON.parse(JSON.stringify(output))
        return output
      },
      ...(undo && {
        async undo(signal: AbortSignal) {
          if (faults.failUndo === index) throw BOOM
          await undo(stepContext(course, name, 'undo', signal))
          await undo(stepContext(course, name, 'undo', signal))
        },
      }),
    }
  })
  const never = new AbortController().signal
  const over = new AbortController()
  const beside = subject.beside?.(hosts, over.signal)
  const outcome = await runSaga({
    steps,
    record: noRecord,
    problem: null,
    forward: never,
    interrupt: never,
    undoPatienceMs: 5_000,
  })
  over.abort()
  await beside
  const context = { operationId, input: subject.input, outputs } as SettledContext<OperationType>
  await transaction(async (tx) => saga.settle?.(tx, outcome, context))
  return outcome
}

/** Everything that is on the simulated host, as its agent tells it. */
async function onDisk(hosts: Hosts, hostId: string) {
  const link = await hosts.link(hostId)
  const { ves } = await link.call('ve-state', {}, { key: crypto.randomUUID() })
  const { caches } = await link.call('template-list', {}, { key: crypto.randomUUID() })
  const snapshots = await Promise.all(
    ves.map(async ({ veid, uuid, epoch }) => {
      const key = crypto.randomUUID()
      const kept = await link.call('ve-snapshot-list', { veid, uuid, epoch }, { key })
      return kept.snapshots.map(({ id }) => id)
    }),
  )
  return {
    ves: ves.map(({ veid, state }) => ({ veid, state })),
    caches: caches.map(({ cache }) => cache),
    snapshots: snapshots.flat(),
  }
}

async function expectSettled({ veId }: Subject) {
  if (!veId) return
  const ve = await db().ve.findUniqueOrThrow({ where: { id: veId } })
  expect(VE_STATE[ve.state].transitional, `state ${ve.state}`).toBe(false)
}

describe.each(OPERATION_TYPES)('%s', (type) => {
  const names = OPERATIONS[type].steps.map((step) => step.name)
  const undoable = names
    .map((name, index) => ({ name, index }))
    .filter(({ name }) => sagaOf(type).steps[name]?.undo)

  test('each step twice is as good as once', async () => {
    const hosts = new Hosts(NO_SSH)
    const subject = await FIXTURES[type].make()
    expect(await runTwice(type, subject, hosts)).toEqual({ status: 'succeeded' })
    await expectSettled(subject)
  })

  test.each(
    names.flatMap((name, index) => (['before', 'after'] as const).map((when) => ({ name, index, when }))),
  )('a failure $when $name leaves nothing behind', async ({ name, index, when }) => {
    const hosts = new Hosts(NO_SSH)
    const subject = await FIXTURES[type].make()
    const before = await onDisk(hosts, subject.fleet.hostId)
    const outcome = await runTwice(type, subject, hosts, { failDo: { index, when } })
    expect(outcome).toMatchObject({ status: 'failed', problem: { code: 'agent-failed' } })
    const { undoes } = FIXTURES[type]
    if (typeof undoes === 'boolean' ? undoes : undoes(name, when))
      expect(await onDisk(hosts, subject.fleet.hostId)).toEqual(before)
    await expectSettled(subject)
  })

  test.each(undoable)('when undoing $name fails it is stuck', async ({ index }) => {
    const hosts = new Hosts(NO_SSH)
    const subject = await FIXTURES[type].make()
    const failDo = { index: names.length - 1, when: 'after' as const }
    const outcome = await runTwice(type, subject, hosts, { failDo, failUndo: index })
    expect(outcome).toMatchObject({
      status: 'stuck',
      problem: { context: { first: { code: 'agent-failed' } } },
    })
    await expectSettled(subject)
    if (subject.veId)
      expect(await db().ve.findUniqueOrThrow({ where: { id: subject.veId } })).toMatchObject({
        state: FIXTURES[type].stuckState ?? 'failed',
      })
  })
})
