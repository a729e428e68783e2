import { expect, test, vi } from 'vitest'
import { EXAMPLE_SPEC } from '../testing/example-spec.ts'
import { memorySys } from '../testing/memory-sys.ts'
import { settleCheckpoint } from './settle-checkpoint.ts'

const tearDown = vi.hoisted(() => vi.fn())
vi.mock('../teardown.ts', () => ({ tearDown, hasTraces: () => true }))

const HOME = '/vz/ve/101'
const STAT = `300 (init) S 1 ${'0 '.repeat(17)}77 0`
const RUNNING = {
  [`${HOME}/spec.json`]: JSON.stringify(EXAMPLE_SPEC),
  '/run/crun/ve101/status': JSON.stringify({ pid: 300, 'process-start-time': 77 }),
  '/proc/300/stat': STAT,
  '/sys/fs/cgroup/freezer/corral/ve101/freezer.state': 'FROZEN',
}
const FREEZER = '/sys/fs/cgroup/freezer/corral/ve101/freezer.state'

test.each([
  ['being written: it goes on', 'checkpoint.new', 'THAWED', 0, []],
  ['whole: what is on the kernel goes, the memory stays', 'checkpoint', 'FROZEN', 1, ['checkpoint']],
  ['brought back: it goes on, and its memory goes', 'checkpoint.used', 'THAWED', 0, []],
])('an agent was killed with a checkpoint %s', (_, folder, state, torn, left) => {
  tearDown.mockClear()
  const sys = memorySys({ ...RUNNING, [`${HOME}/${folder}/meta.json`]: '{}' })
  settleCheckpoint(sys, 101)
  expect(sys.files.get(FREEZER)).toBe(state)
  expect(tearDown).toHaveBeenCalledTimes(torn)
  const folders = [...sys.files.keys()].flatMap((path) => /101\/(checkpoint[^/]*)\//.exec(path)?.[1] ?? [])
  expect(folders).toEqual(left)
})

test('without any, nothing is done', () => {
  const sys = memorySys(RUNNING)
  settleCheckpoint(sys, 101)
  expect(sys.files.get(FREEZER)).toBe('FROZEN')
  expect(sys.runs).toEqual([])
})
