import { describe, expect, test } from 'vitest'
import { formatNumberList, parseNumberList } from './number-list.ts'
import {
  beancountersOf,
  contradictions,
  DEFAULT_LIMITS,
  veLimits,
  withBeancounters,
  withLimits,
} from './ve-limits.ts'

describe('limits', () => {
  test('the ordinary ones are valid and contradict nothing', () => {
    expect(veLimits.parse(DEFAULT_LIMITS)).toEqual(DEFAULT_LIMITS)
    expect(contradictions(DEFAULT_LIMITS)).toEqual({})
  })

  test('as beancounters and back they are what they were', () => {
    const limits = { ...DEFAULT_LIMITS, memoryThrottleBytes: 5, swapBytes: 7, processes: 99 }
    const set = beancountersOf(limits)
    expect(set.physpages).toEqual({ barrier: 5, limit: limits.memoryBytes })
    expect(set.numproc).toEqual({ barrier: 99, limit: 99 })
    expect(withBeancounters(DEFAULT_LIMITS, set)).toEqual(limits)
  })

  test('a part changes what it names, of the beancounters too', () => {
    const pair = { barrier: 1, limit: 2 }
    const changed = withLimits(DEFAULT_LIMITS, { cpus: 2, beancounters: { numfile: pair } })
    expect(changed).toEqual({
      ...DEFAULT_LIMITS,
      cpus: 2,
      beancounters: { ...DEFAULT_LIMITS.beancounters, numfile: pair },
    })
  })

  test.each([
    [{ diskSoftBytes: DEFAULT_LIMITS.diskBytes + 1 }, 'diskSoftBytes'],
    [{ diskInodes: 10, diskSoftInodes: 11 }, 'diskSoftInodes'],
    [{ memoryThrottleBytes: DEFAULT_LIMITS.memoryBytes + 1 }, 'memoryThrottleBytes'],
    [{ beancounters: { numfile: { barrier: 2, limit: 1 } } }, 'beancounters.numfile'],
    [{ beancounters: { kmemsize: { barrier: null, limit: 1 } } }, 'beancounters.kmemsize'],
  ])('%j contradicts itself', (part, field) => {
    expect(Object.keys(contradictions(withLimits(DEFAULT_LIMITS, part)))).toEqual([field])
  })
})

describe('lists of numbers', () => {
  test.each([
    ['0-3,8', [0, 1, 2, 3, 8]],
    ['8,0-1,1', [0, 1, 8]],
    ['5', [5]],
  ])('%s', (text, numbers) => {
    expect(parseNumberList(text)).toEqual(numbers)
  })
  test.each(['', '3-1', 'a', '1-', '-1', '1,,2', '99999', '0x1', '1 2'])('"%s" is none', (text) => {
    expect(parseNumberList(text)).toBeNull()
  })
  test('is written as short as can be', () => {
    expect(formatNumberList([8, 0, 1, 2, 2])).toBe('0-2,8')
    expect(formatNumberList([])).toBe('')
  })
})
