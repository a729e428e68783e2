import { expect, test } from 'vitest'
import { Problem } from '../contract/problem.ts'
import type { StepStatus } from '../operations/definition.ts'
import { Interrupted } from './interrupted.ts'
import { type RunnableStep, runSaga, type SagaRecord } from './run-saga.ts'

type Script = { status?: StepStatus; do?: () => Promise<unknown>; undo?: null | (() => Promise<void>) }

/** Runs steps a, b, c…; `said` tells in order what was recorded and what was done. */
async function run(
  scripts: Script[],
  more: { problem?: Problem; forward?: AbortController; interrupt?: AbortController } = {},
) {
  const said: string[] = []
  const names = 'abc'
  const record = new Proxy({} as SagaRecord, {
    get: (_target, event: string) => async (index: number) =>
      void said.push(`${names[index]} ${event.slice(4)}`),
  })
  const steps = scripts.map((script, index): RunnableStep => {
    const name = names[index] ?? ''
    const undo = script.undo === null ? undefined : (script.undo ?? (async () => {}))
    return {
      name,
      status: script.status ?? 'waiting',
      do: () => {
        said.push(`do ${name}`)
        return script.do?.() ?? Promise.resolve(name)
      },
      ...(undo && {
        undo: () => {
          said.push(`undo ${name}`)
          return undo()
        },
      }),
    }
  })
  const forward = (more.forward ?? new AbortController()).signal
  const interrupt = (more.interrupt ?? new AbortController()).signal
  const outcome = runSaga({
    steps,
    record,
    problem: more.problem ?? null,
    forward,
    interrupt,
    undoPatienceMs: 400,
  })
  return { said, outcome: await outcome.catch((error: unknown) => error) }
}

const boom = new Problem('agent-failed', 'Boom.')
const fails = (error: unknown) => () => Promise.reject(error)

test('each start is recorded before the step and each end after it', async () => {
  const { said, outcome } = await run([{}, {}])
  expect(outcome).toEqual({ status: 'succeeded' })
  expect(said).toEqual(['a Started', 'do a', 'a Done', 'b Started', 'do b', 'b Done'])
})

test('a failure undoes the failed step and those before it, backward', async () => {
  const { said, outcome } = await run([{}, { do: fails(boom) }, {}])
  expect(outcome).toMatchObject({ status: 'failed', problem: boom, begun: true })
  expect(said.slice(3)).toEqual([
    ...['b Started', 'do b', 'b Failed', 'b Undoing', 'undo b', 'b Undone'],
    ...['a Undoing', 'undo a', 'a Undone'],
  ])
})

test('taken over while it went forward, it goes on at the step where it was', async () => {
  const { said } = await run([{ status: 'done' }, { status: 'running' }])
  expect(said).toEqual(['b Started', 'do b', 'b Done'])
})

test('taken over while it went backward, it goes on backward', async () => {
  const scripts: Script[] = [{ status: 'done' }, { status: 'undoing' }, { status: 'undone' }]
  const { said, outcome } = await run(scripts, { problem: boom })
  expect(outcome).toMatchObject({ status: 'failed', problem: boom })
  expect(said).toEqual(['b Undoing', 'undo b', 'b Undone', 'a Undoing', 'undo a', 'a Undone'])
})

test('interrupted, it stops where it is: nothing is undone, nothing is recorded', async () => {
  const forward = new AbortController()
  const interrupted = new Interrupted('shutdown')
  const { said, outcome } = await run([{ do: async () => forward.abort(interrupted) }, {}], { forward })
  expect(outcome).toBe(interrupted)
  expect(said).toEqual(['a Started', 'do a', 'a Done'])
})

test('a cancel ends the running step and undoes it', async () => {
  const forward = new AbortController()
  const cancelled = new Problem('cancelled', 'It was cancelled.')
  const step = () => {
    forward.abort(cancelled)
    return Promise.reject(new Error('The request was aborted.'))
  }
  const { said, outcome } = await run([{ do: step }], { forward })
  expect(outcome).toMatchObject({ status: 'cancelled', problem: cancelled })
  expect(said).toContain('undo a')
})

test('cancelled before it began, nothing happens at all', async () => {
  const forward = new AbortController()
  forward.abort(new Problem('cancelled', 'It was cancelled.'))
  const { said, outcome } = await run([{}, {}], { forward })
  expect(outcome).toMatchObject({ status: 'cancelled', begun: false })
  expect(said).toEqual(['a Failed'])
})

test('a step whose request never reached the host has nothing to undo, unless an earlier try may have', async () => {
  const unreachable = new Problem('host-unreachable', 'It does not answer.')
  const fresh = await run([{ do: fails(unreachable) }])
  expect(fresh.outcome).toMatchObject({ status: 'failed', begun: false })
  expect(fresh.said).not.toContain('undo a')
  const resumed = await run([{ status: 'running', do: fails(unreachable) }])
  expect(resumed.said).toContain('undo a')
})

test('an undo is tried again while the problem is one that passes', async () => {
  let tries = 0
  const undo = async () => {
    tries += 1
    if (tries < 2) throw new Problem('locked', 'Another request works on it.')
  }
  const { outcome } = await run([{ do: fails(boom), undo }])
  expect(outcome).toMatchObject({ status: 'failed' })
  expect(tries).toBe(2)
})

test.each([
  ['does not pass', new Problem('agent-failed', 'No.')],
  ['lasts too long', new Problem('link-lost', 'Gone.')],
])('an undo whose problem %s makes it stuck', async (_how, problem) => {
  const { said, outcome } = await run([{}, { do: fails(boom), undo: fails(problem) }])
  expect(outcome).toMatchObject({
    status: 'stuck',
    problem: { code: problem.code, context: { first: { code: 'agent-failed' } } },
  })
  expect(said.at(-1)).toBe('b UndoFailed')
})

test('a fault in a step is an internal problem and is undone like any other', async () => {
  const { said, outcome } = await run([{ do: fails(new TypeError('x is not a function')) }])
  expect(outcome).toMatchObject({ status: 'failed', problem: { code: 'internal' } })
  expect(said).toContain('undo a')
})

test('a record that cannot be written ends the run and fails no step', async () => {
  const fault = new Error('The database restarts.')
  const record = { stepStarted: async () => {}, stepDone: fails(fault) } as unknown as SagaRecord
  const never = new AbortController().signal
  const steps: RunnableStep[] = [{ name: 'a', status: 'waiting', do: async () => 1, undo: fails(boom) }]
  const run = runSaga({ steps, record, problem: null, forward: never, interrupt: never, undoPatienceMs: 1 })
  await expect(run).rejects.toBe(fault)
})
