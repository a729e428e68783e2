import { describe, expect, it } from 'vitest'
import { GIB, MIB } from '@/lib/contract/units.ts'
import { areaPath, axis, highest, linePath, shares } from './plot.ts'

const box = { width: 100, height: 10, max: 10 }

describe('linePath', () => {
  it('goes from left to right, high values up', () =>
    expect(linePath([0, 5, 10], box)).toBe('M0,10L50,5L100,0'))
  it('leaves a gap where nothing is known', () =>
    expect(linePath([1, 2, null, null, 3, 4], box)).toBe('M0,9L20,8M80,7L100,6'))
  it('draws one point alone as a dot', () => expect(linePath([null, 5, null], box)).toBe('M50,5h0'))
  it('puts points where their time is', () => {
    const times = ['2026-11-21T10:00:00Z', '2026-11-21T10:00:45Z', '2026-11-21T10:01:00Z']
    expect(linePath([1, 2, 3], box, shares(times))).toBe('M0,9L75,8L100,7')
  })
  it('stays inside of the box', () => expect(linePath([20, 20], box)).toBe('M0,0L100,0'))
  it('is nothing where nothing is known', () => expect(linePath([null, null], box)).toBe(''))
})

it('areaPath closes every run along the bottom, and has none under a single point', () =>
  expect(areaPath([2, 4, null, 6], box)).toBe('M0,10L0,8L33.3,6L33.3,10Z'))

it('highest looks past what is not known', () => expect(highest([1, null, 7], [null, 3])).toBe(7))

describe('axis', () => {
  it.each([
    [0, 1],
    [1, 1],
    [3, 3],
    [97, 100],
    [130, 150],
    [1024, 1500],
  ])('of numbers up to %i ends at %i', (most, max) => expect(axis(most).max).toBe(max))
  it.each([
    [512 * MIB, 600 * MIB],
    [GIB, GIB],
    [3.9 * GIB, 4 * GIB],
    [1000 * MIB, 1000 * MIB],
  ])('of bytes up to %i ends at %i', (most, max) => expect(axis(most, 1024).max).toBe(max))
  it('has no half steps', () =>
    expect([axis(3).lines, axis(9).lines]).toEqual([
      [0, 1, 2, 3],
      [0, 3, 6, 9],
    ]))
  it('has equal steps', () => expect(axis(100).lines).toEqual([0, 25, 50, 75, 100]))
})
