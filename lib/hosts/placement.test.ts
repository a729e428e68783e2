import { expect, test } from 'vitest'
import { Problem } from '../contract/problem.ts'
import { GIB } from '../contract/units.ts'
import { DEFAULT_LIMITS, withLimits } from '../contract/ve-limits.ts'
import {
  type Candidate,
  DISK_RATIO,
  GUARANTEE_RATIO,
  MEMORY_RATIO,
  obstacle,
  placeVe,
  type Wanted,
} from './placement.ts'

const NOTHING = { memoryBytes: 0, diskBytes: 0, guaranteedBytes: 0 }
const LIMITS = { ...DEFAULT_LIMITS, memoryBytes: GIB, diskBytes: 4 * GIB }
const host = (more: Partial<Candidate> = {}): Candidate => ({
  id: 'id',
  name: 'node1',
  status: 'online',
  arch: 'x86-64',
  cgroupVersion: 2,
  cannotRun: null,
  memoryBytes: 8 * GIB,
  diskBytes: 100 * GIB,
  heldBytes: 0,
  promised: NOTHING,
  together: 0,
  templateBytes: GIB,
  capabilities: null,
  facts: null,
  ...more,
})
const wanted = (more: Partial<Wanted> = {}): Wanted => ({
  arch: 'x86-64',
  init: 'sysvinit',
  templateName: 'debian',
  limits: LIMITS,
  storage: 'image',
  needs: [],
  ...more,
})
const code = (more: Partial<Candidate>, want?: Partial<Wanted>) => obstacle(host(more), wanted(want))?.code

test('each obstacle has its code', () => {
  expect(code({})).toBeUndefined()
  expect(code({ arch: 'ppc64le' })).toBe('architecture-mismatch')
  expect(code({ status: 'maintenance' })).toBe('conflict')
  expect(code({ cannotRun: 'no user namespaces' })).toBe('capability-missing')
  expect(code({ templateBytes: null })).toBe('template-not-ready')
  expect(code({ cgroupVersion: 1 }, { init: 'systemd' })).toBe('capability-missing')
  expect(code({ cgroupVersion: 1 })).toBeUndefined()
  expect(code({ templateBytes: 5 * GIB })).toBe('invalid-input')
  expect(code({ memoryBytes: null })).toBe('host-full')
  const needs = [{ capability: 'fuse' as const, field: 'features.fuse' }]
  const fuse = (available: boolean) => ({ fuse: { available, reason: available ? null : 'no /dev/fuse' } })
  expect(code({ capabilities: fuse(false) as never }, { needs })).toBe('capability-missing')
  expect(code({ capabilities: fuse(true) as never }, { needs })).toBeUndefined()
  expect(code({ capabilities: fuse(false) as never })).toBeUndefined()
})

test('a host runs the architectures it says it runs', () => {
  expect(code({}, { arch: 'x86' })).toBeUndefined()
  expect(code({ arch: 'x86' })).toBe('architecture-mismatch')
})

test('room is counted to the last byte', () => {
  const promised = {
    ...NOTHING,
    memoryBytes: 8 * GIB * MEMORY_RATIO - GIB,
    diskBytes: 100 * GIB * DISK_RATIO - 4 * GIB,
  }
  expect(code({ promised })).toBeUndefined()
  expect(code({ promised: { ...promised, memoryBytes: promised.memoryBytes + 1 } })).toBe('host-full')
  expect(code({ promised: { ...promised, diskBytes: promised.diskBytes + 1 } })).toBe('host-full')
})

test('what is guaranteed is there: hosts are filled up to that, and the one with more of it is taken', () => {
  const limits = withLimits(LIMITS, { beancounters: { vmguarpages: { barrier: GIB, limit: null } } })
  const all = Math.floor(8 * GIB * GUARANTEE_RATIO)
  const promised = (left: number) => ({ promised: { ...NOTHING, guaranteedBytes: all - left } })
  expect(code(promised(GIB), { limits })).toBeUndefined()
  expect(code(promised(GIB - 1), { limits })).toBe('host-full')
  expect(code(promised(0))).toBeUndefined()
  const [full, free] = [host({ name: 'a', ...promised(GIB) }), host({ name: 'b' })]
  expect(placeVe([full, free], wanted({ limits })).name).toBe('b')
})

test('a host that cannot hold its limits does not take it', () => {
  const io = { available: false, reason: 'no io controller' }
  const capabilities = { 'io-limits': io } as never
  expect(code({ capabilities }, { limits: { ...LIMITS, ioPerSecond: 100 } })).toBe('capability-missing')
  expect(code({ capabilities })).toBeUndefined()
  expect(code({ facts: { cpus: 2 } }, { limits: { ...LIMITS, cpus: 3 } })).toBe('capability-missing')
})

test('the emptier host takes it; of equals the first by name', () => {
  const busy = host({ name: 'a', promised: { ...NOTHING, memoryBytes: 4 * GIB } })
  expect(placeVe([busy, host({ name: 'b' })], wanted()).name).toBe('b')
  expect(placeVe([host({ name: 'b' }), host({ name: 'a' })], wanted()).name).toBe('a')
  const used = host({ name: 'a', heldBytes: 6 * GIB })
  expect(placeVe([used, host({ name: 'b' })], wanted()).name).toBe('b')
})

test('when none can, every host says why', () => {
  const refusal = (hosts: Candidate[], want: Wanted = wanted()): Problem => {
    try {
      placeVe(hosts, want)
    } catch (error) {
      return error as Problem
    }
    throw new Error('it was placed')
  }
  const some = refusal([host({ status: 'offline' }), host({ name: 'node2', memoryBytes: 0 })])
  expect(some.code).toBe('no-host-fits')
  expect(some.detail).toBe('node1 is offline. node2: 1 GiB memory asked, 0 B left.')
  expect(refusal([host({ templateBytes: null })]).code).toBe('template-not-ready')
  expect(refusal([]).code).toBe('template-not-ready')
  expect(refusal([host({ templateBytes: 9 * GIB })]).fields).toHaveProperty(['limits.diskBytes'])
  const small = refusal([host({ templateBytes: null }), host({ templateBytes: 9 * GIB })])
  expect(small.fields).toHaveProperty(['limits.diskBytes'])
  const many = refusal(Array.from({ length: 12 }, (_, n) => host({ name: `n${n}`, status: 'offline' })))
  expect(many.detail).toContain('And 2 more hosts.')
  expect(many).toBeInstanceOf(Problem)
  const without = Array.from({ length: 12 }, (_, n) => host({ name: `n${n}`, templateBytes: null }))
  expect(refusal([...without, host({ status: 'offline' })]).detail).toMatch(/^node1 is offline\. /)
})

test('a host without a VE of its spread group goes before one that has more room; where all have one, the fewest', () => {
  const roomy = host({ id: 'roomy', name: 'roomy', together: 1 })
  const full = host({ id: 'full', name: 'full', promised: { ...NOTHING, memoryBytes: 9 * GIB } })
  expect(placeVe([roomy, full], wanted()).id).toBe('full')
  const crowded = host({ id: 'crowded', name: 'crowded', together: 2 })
  expect(placeVe([crowded, roomy], wanted()).id).toBe('roomy')
  const tooFull = host({ ...full, promised: { ...NOTHING, memoryBytes: 12 * GIB } })
  expect(placeVe([roomy, tooFull], wanted()).id).toBe('roomy')
})
