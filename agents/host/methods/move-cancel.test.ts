import { expect, test, vi } from 'vitest'
import { EXAMPLE_SPEC } from '../testing/example-spec.ts'
import { memorySys } from '../testing/memory-sys.ts'
import { moveCancel } from './move-cancel.ts'

const removeVe = vi.hoisted(() => vi.fn())
vi.mock('./ve-destroy.ts', () => ({ removeVe }))
vi.mock('../observe.ts', () => ({ observe: () => ({ state: 'seen' }) }))
vi.mock('../teardown.ts', () => ({ tearDown: vi.fn(), hasTraces: () => true }))

const MOVE = '0b7e7f4e-6c1b-4a53-9d0b-0d6f4b1f0a02'
const OTHER = '0b7e7f4e-6c1b-4a53-9d0b-0d6f4b1f0a03'
const HOME = '/vz/ve/101'
const FREEZER = '/sys/fs/cgroup/freezer/corral/ve101/freezer.state'
const THERE = {
  '/proc/sys/kernel/random/boot_id': 'this\n',
  '/proc/1/stat': `1 (init) S 0 ${'0 '.repeat(17)}7 0`,
  [`${HOME}/spec.json`]: JSON.stringify(EXAMPLE_SPEC),
}
const RUNNING = {
  '/run/crun/ve101/status': JSON.stringify({ pid: 300, 'process-start-time': 77 }),
  '/proc/300/stat': `300 (init) S 1 ${'0 '.repeat(17)}77 0`,
  [FREEZER]: 'FROZEN',
}
const ADOPTED = { [`${HOME}/adopted.json`]: JSON.stringify({ move: MOVE }) }

function cancel(files: Record<string, string>) {
  removeVe.mockClear()
  const sys = memorySys({ ...THERE, ...files })
  const context = { sys, key: 'k', agentVersion: '0', progress: () => {}, log: () => {} }
  const { veid, uuid, epoch } = EXAMPLE_SPEC
  const result = moveCancel(context, { veid, uuid, epoch, move: MOVE, dropped: false })
  return { sys, result }
}

test('asked again of a source whose agent was killed before it let the VE go on, it does so', () => {
  const { sys, result } = cancel({ ...RUNNING, [`${HOME}/checkpoint.new/meta.json`]: '{}' })
  expect(sys.files.get(FREEZER)).toBe('THAWED')
  expect(result.ve).not.toBeNull()
})

test('a VE that another move has released since stands still', () => {
  const outgoing = JSON.stringify({ move: OTHER, bases: [], released: {}, moved: false })
  const { sys } = cancel({
    ...RUNNING,
    [`${HOME}/checkpoint.new/meta.json`]: '{}',
    '/var/lib/corral/ve/101/outgoing.json': outgoing,
  })
  expect(sys.files.get(FREEZER)).toBe('FROZEN')
})

test('what was taken over cannot be dropped, but for memory that was never let go, whole or torn', () => {
  const memory = (boot: string) => ({ ...ADOPTED, [`${HOME}/checkpoint/arrived.boot`]: boot })
  expect(() => cancel(ADOPTED)).toThrow('cannot be dropped')
  expect(() => cancel({ ...ADOPTED, [`${HOME}/checkpoint.used/arrived.boot`]: 'this:7' })).toThrow('dropped')
  expect(removeVe).not.toHaveBeenCalled()
  for (const boot of ['this:7', 'before:7']) {
    expect(cancel(memory(boot)).result.ve).toBeNull()
    expect(removeVe).toHaveBeenCalledTimes(1)
  }
})

test('what another move is about to take over stays', () => {
  const adopted = '/vz/ve/101.incoming/adopted.json'
  expect(cancel({ [adopted]: JSON.stringify({ move: OTHER }) }).sys.files.has(adopted)).toBe(true)
  expect(cancel({ [adopted]: JSON.stringify({ move: MOVE }) }).sys.files.has(adopted)).toBe(false)
})

test('a host whose file system of the VEs is not mounted does not say that it has none', () => {
  const mount = {
    '/var/lib/corral/ve/mount': '/vz\n',
    '/proc/self/mountinfo': '20 1 8:1 / / rw - ext4 /dev/sda1 rw\n',
  }
  expect(() => cancel(mount)).toThrow('Nothing is mounted')
})
