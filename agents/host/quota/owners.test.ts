import { beforeEach, expect, test } from 'vitest'
import { Problem } from '../../../lib/contract/problem.ts'
import type { OwnerLimits } from '../../../lib/contract/quota.ts'
import { DEFAULT_LIMITS } from '../../../lib/contract/ve-limits.ts'
import { EXAMPLE_SPEC } from '../testing/example-spec.ts'
import { type MemorySys, memorySys } from '../testing/memory-sys.ts'
import { parseNames } from './names.ts'
import { changeOwners, listOwners } from './owners.ts'

const SPEC = { ...EXAMPLE_SPEC, limits: { ...DEFAULT_LIMITS, quotaOwners: 4 } }
const NONE: OwnerLimits = { softBytes: null, hardBytes: null, softInodes: null, hardInodes: null }
const PASSWD = 'root:x:0:0:root:/root:/bin/sh\nalice:x:1000:1000::/home/alice:/bin/sh\n'

/** What the kernel counts, by "TYPE ID": the eight first fields of struct if_dqblk. */
let counts: Map<string, number[]>
let sys: MemorySys
/** Of every question to the kernel, its words after the path. */
let asked: string[][]

/** As the script in kernel.ts answers. */
function kernel([verb = '', ...words]: string[]): { stdout: string } | { code: number; stderr: string } {
  const key = words.slice(0, 2).join(' ')
  if (verb === 'list') {
    const lines = [...counts].map(([each, row]) => `${each} ${row.join(' ')}`).slice(0, Number(words[2]))
    return { stdout: ['grace 0 604800 60', `counted ${counts.size}`, ...lines, ''].join('\n') }
  }
  if (verb === 'get') return { stdout: `${key} ${(counts.get(key) ?? Array(8).fill(0)).join(' ')}\n` }
  if (verb === 'grace') return { code: 255, stderr: 'grace: Operation not permitted' }
  const [hard = 0, soft = 0, hardItems = 0, softItems = 0] = words.slice(2).map(Number)
  const [, , used = 0, , , items = 0] = counts.get(key) ?? []
  counts.set(key, [hard, soft, used, hardItems, softItems, items, 0, 0])
  return { stdout: '' }
}

beforeEach(() => {
  asked = []
  counts = new Map([
    ['0 0', [0, 0, 4096, 0, 0, 12, 0, 0]],
    ['0 1000', [200, 100, 150 * 1024, 0, 0, 3, 1_800_000_000, 0]],
  ])
  sys = memorySys({ '/proc/sys/kernel/arch': 'x86_64\n' }, (argv) => {
    if (argv[0] === 'timeout') return { stdout: `F etc/passwd\n.\netc/passwd:${PASSWD}\0` }
    if (argv[0] !== 'perl') return undefined
    const words = argv.slice(5)
    asked.push([...words])
    return kernel([...words])
  })
})

function refusal(work: () => unknown): Problem {
  try {
    work()
  } catch (error) {
    return Problem.from(error)
  }
  throw new Error('It was not refused.')
}

test('owners are listed as the VE counts and names them; blocks become bytes, 0 becomes no limit', () => {
  expect(listOwners(sys, SPEC)).toEqual({
    counted: 2,
    most: 4,
    grace: {
      user: { bytesSeconds: 604_800, inodesSeconds: 60 },
      group: { bytesSeconds: 0, inodesSeconds: 0 },
    },
    owners: [
      {
        ...{ kind: 'user', id: 0, name: 'root', usedBytes: 4096, usedInodes: 12, limits: NONE },
        ...{ bytesGraceEndsAt: null, inodesGraceEndsAt: null },
      },
      {
        ...{ kind: 'user', id: 1000, name: 'alice', usedBytes: 153_600, usedInodes: 3 },
        limits: { ...NONE, softBytes: 102_400, hardBytes: 204_800 },
        ...{ bytesGraceEndsAt: 1_800_000_000_000, inodesGraceEndsAt: null },
      },
    ],
  })
  expect(asked).toEqual([['list', '0', '65535', '4']])
})

test('where ids are shifted on the disk, those of the VE alone are asked about', () => {
  const spec = { ...SPEC, storage: 'project' as const }
  listOwners(sys, spec)
  changeOwners(sys, spec, { kind: 'user', owner: { id: 'alice', limits: { ...NONE, hardInodes: 7 } } })
  const { idBase } = spec
  expect(asked[0]).toEqual(['list', String(idBase), String(idBase + 65_535), '4'])
  expect(asked.find(([verb]) => verb === 'set')).toEqual(['set', 0, idBase + 1000, 0, 0, 7, 0].map(String))
  const grace = { bytesSeconds: 1, inodesSeconds: 1 }
  expect(refusal(() => changeOwners(sys, spec, { kind: 'user', grace })).code).toBe('capability-missing')
})

test('limits are set by id or name, space rounded up to KiB, and read back', () => {
  const limits = { softBytes: 1500, hardBytes: 4096, softInodes: 5, hardInodes: 9 }
  const set = changeOwners(sys, SPEC, { kind: 'user', owner: { id: 'alice', limits } })
  expect(set).toMatchObject({ id: 1000, name: 'alice', limits: { ...limits, softBytes: 2048 } })
  expect(changeOwners(sys, SPEC, { kind: 'user', owner: { id: 1000, limits: NONE } })).toMatchObject({
    name: 'alice',
    limits: NONE,
  })
})

test.each([
  ['owner.id', 'user', 'mallory', { ...NONE, hardBytes: 1024 }],
  ['owner.id', 'user', 4711, { ...NONE, hardBytes: 1024 }],
  ['owner.id', 'group', 'alice', { ...NONE, hardBytes: 1024 }],
  ['owner.limits.softBytes', 'user', 1000, { ...NONE, softBytes: 2, hardBytes: 1 }],
  ['owner.limits.hardInodes', 'user', 1000, { ...NONE, hardInodes: 0 }],
] as const)('%s of %s %s is refused, and nothing is set', (field, kind, id, limits) => {
  const problem = refusal(() => changeOwners(sys, SPEC, { kind, owner: { id, limits } }))
  expect([problem.code, Object.keys(problem.fields ?? {})]).toEqual(['invalid-input', [field]])
  expect(asked.some(([verb]) => verb === 'set')).toBe(false)
})

test('a limit may be taken from who is not there any more; one more than are counted gets none', () => {
  expect(changeOwners(sys, SPEC, { kind: 'user', owner: { id: 4711, limits: NONE } })).toMatchObject({
    id: 4711,
  })
  counts.delete('0 1000')
  const full = { ...SPEC, limits: { ...SPEC.limits, quotaOwners: 1 } }
  const limits = { ...NONE, hardBytes: 1024 }
  const problem = refusal(() => changeOwners(sys, full, { kind: 'user', owner: { id: 1000, limits } }))
  expect(problem.detail).toMatch(/already: at most 1 are counted/)
})

test('when the grace cannot be set, the limits are as before', () => {
  const grace = { bytesSeconds: 1, inodesSeconds: 1 }
  const owner = { id: 1000, limits: { ...NONE, hardBytes: 1024 ** 2 } }
  refusal(() => changeOwners(sys, SPEC, { kind: 'user', owner, grace }))
  expect(counts.get('0 1000')?.slice(0, 2)).toEqual([200, 100])
})

test('a VE that counts nobody is told so; storage without quota, too', () => {
  const none = { ...SPEC, limits: { ...SPEC.limits, quotaOwners: 0 } }
  expect(refusal(() => listOwners(sys, none)).code).toBe('ve-state-forbids')
  expect(refusal(() => listOwners(sys, { ...SPEC, storage: 'btrfs' })).code).toBe('capability-missing')
})

test('names are taken from a hostile file as far as they are names', () => {
  const long = `${'x'.repeat(65)}:x:5:5`
  const text = `root:x:0:0\n\nbroken\n${long}\na b:x:6:6\n\u0007:x:7:7\nbig:x:65536:1\nneg:x:-1:1\nroot2:x:0:0\nzoë:x:9:9:\n`
  expect([...parseNames(text)]).toEqual([
    [0, 'root'],
    [9, 'zoë'],
  ])
})
