import { describe, expect, it } from 'vitest'
import { GIB, MIB } from '@/lib/contract/units.ts'
import { DEFAULT_LIMITS, OTHER_BEANCOUNTERS, veLimits, withLimits } from '@/lib/contract/ve-limits.ts'
import { LIMIT_GROUPS } from './limit-inputs.ts'
import { changedPart, fieldsOf, PLAIN_LIMITS, readLimits, typedOf, typedOfForm } from './typed-limits.ts'

const odd = withLimits(DEFAULT_LIMITS, {
  memoryBytes: 1.5 * GIB,
  diskSoftBytes: 2_752_513,
  cpuMask: '0-3,8',
  diskGraceSeconds: 5400,
  ioBytesPerSecond: 50 * MIB,
  beancounters: { kmemsize: { barrier: 2_752_512, limit: 3_000_001 }, numfile: { barrier: 9, limit: 9 } },
})

describe('typedOf and readLimits', () => {
  it.each([DEFAULT_LIMITS, odd])('give the same limits back, all of them', (limits) => {
    const { part, wrong } = readLimits(typedOf(limits))
    expect(wrong).toEqual({})
    expect(veLimits.parse(part)).toEqual(limits)
    expect(changedPart(limits, part)).toEqual({})
  })

  it('leave out what is not there, but keep a pair whole', () => {
    const { part } = readLimits({ 'limits.beancounters.kmemsize.limit': '4 MiB' }, odd)
    expect(part).toEqual({ beancounters: { kmemsize: { barrier: 2_752_512, limit: 4 * MIB } } })
    expect(fieldsOf(changedPart(odd, part))).toEqual(['beancounters.kmemsize'])
  })

  it('take words for no limit', () => {
    const { part } = readLimits({
      'limits.cpus': 'all',
      'limits.memoryThrottleBytes': 'nowhere',
      'limits.ioPerSecond': '',
    })
    expect(part).toEqual({ cpus: null, memoryThrottleBytes: 0, ioPerSecond: null })
  })

  it('say at every field what is wrong with it', () => {
    const { wrong } = readLimits({
      'limits.memoryBytes': '256',
      'limits.processes': '256M',
      'limits.swapBytes': '-1',
      'limits.cpuUnits': 'many',
      'limits.diskBytes': '',
      'limits.diskGraceSeconds': 'soon',
      'limits.beancounters.numpty.barrier': '1.5',
      'limits.beancounters.numpty.limit': '64',
    })
    expect(Object.keys(wrong).sort()).toEqual([
      'limits.beancounters.numpty.barrier',
      'limits.cpuUnits',
      'limits.diskBytes',
      'limits.diskGraceSeconds',
      'limits.memoryBytes',
      'limits.processes',
      'limits.swapBytes',
    ])
  })
})

it('groups have every limit once', () => {
  expect(LIMIT_GROUPS.flatMap(({ plain }) => plain).sort()).toEqual([...PLAIN_LIMITS].sort())
  expect(LIMIT_GROUPS.flatMap(({ pairs }) => pairs).sort()).toEqual([...OTHER_BEANCOUNTERS].sort())
})

it('typedOfForm takes nothing but limits', () => {
  const form = new FormData()
  form.set('limits.cpus', '2')
  form.set('name', 'web')
  expect(typedOfForm(form)).toEqual({ 'limits.cpus': '2' })
})
