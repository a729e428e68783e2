import { describe, expect, it } from 'vitest'
import { median, ratios } from './figure.ts'

describe('median', () => {
  it('takes the middle, or the mean of the two in the middle', () => {
    expect(median([3, 1, 2])).toBe(2)
    expect(median([4, 1, 3, 2])).toBe(2.5)
  })

  it('refuses to invent a value', () => {
    expect(() => median([])).toThrow('No measurement')
  })
})

describe('ratios', () => {
  it('divides pair by pair', () => {
    expect(ratios([2, 9], [1, 3])).toEqual([2, 3])
  })
})
