import { expect, test } from 'vitest'
import { DEFAULT_LIMITS } from '../../../lib/contract/ve-limits.ts'
import { forNamespace, ociRlimits, rlimitsWithin, withRlimits } from './rlimits.ts'

const ALL = 'CapEff:\t000001ffffffffff\n'
const NOT_RESOURCE = 'CapEff:\t000001fffeffffff\n'
const LIMITS = `Limit                     Soft Limit           Hard Limit           Units
Max core file size        0                    unlimited            bytes
Max processes             96365                96365                processes
Max open files            20000                20000                files
Max locked memory         8388608              8388608              bytes
Max pending signals       96365                96365                signals
`
const limit = (status: string, type: string) =>
  rlimitsWithin(DEFAULT_LIMITS, status, LIMITS).find((each) => each.type === type)

test('are the same whatever session the agent was called from', () => {
  expect(limit(ALL, 'RLIMIT_NOFILE')).toEqual({ type: 'RLIMIT_NOFILE', soft: 1024, hard: 524_288 })
  expect(limit(ALL, 'RLIMIT_NPROC')).toMatchObject({ hard: Infinity })
})

test('are not above the host’s own where it may not raise them', () => {
  expect(limit(NOT_RESOURCE, 'RLIMIT_NOFILE')).toMatchObject({ soft: 1024, hard: 20_000 })
  expect(limit(NOT_RESOURCE, 'RLIMIT_NPROC')).toMatchObject({ soft: 96_365, hard: 96_365 })
  expect(limit(NOT_RESOURCE, 'RLIMIT_CORE')).toMatchObject({ soft: 0, hard: Infinity })
})

test('OCI gets those that are numbers, the maker all', () => {
  const types = ociRlimits(rlimitsWithin(DEFAULT_LIMITS, ALL, LIMITS)).map(({ type }) => type)
  expect(types).toEqual(['RLIMIT_MEMLOCK', 'RLIMIT_NOFILE', 'RLIMIT_SIGPENDING'])
  expect(withRlimits(rlimitsWithin(DEFAULT_LIMITS, ALL, LIMITS))).toEqual([
    'prlimit',
    '--core=0:unlimited',
    '--memlock=8388608:67108864',
    '--nofile=1024:524288',
    '--nproc=unlimited:unlimited',
    '--sigpending=16384:16384',
  ])
})

test('signals and locked memory are as the VE is limited; its namespace takes what it may have at most', () => {
  const pair = { barrier: 10, limit: 20 }
  const beancounters = {
    ...DEFAULT_LIMITS.beancounters,
    numsiginfo: { barrier: null, limit: null },
    lockedpages: pair,
  }
  const made = rlimitsWithin({ beancounters }, ALL, LIMITS)
  expect(made).toContainEqual({ type: 'RLIMIT_MEMLOCK', soft: 10, hard: 20 })
  expect(made).toContainEqual({ type: 'RLIMIT_SIGPENDING', soft: Infinity, hard: Infinity })
  expect(withRlimits(forNamespace(made))).toEqual([
    'prlimit',
    '--memlock=20:20',
    '--nproc=unlimited:unlimited',
    '--sigpending=unlimited:unlimited',
  ])
})
