import { describe, expect, it } from 'vitest'
import { formatAge, formatDuration, formatMoment } from './format-time.ts'

describe('formatDuration', () => {
  it.each([
    [0, '0 ms'],
    [850, '850 ms'],
    [12_400, '12.4 s'],
    [60_000, '1 min'],
    [200_000, '3 min 20 s'],
    [7_500_000, '2 h 5 min'],
    [356_400_000, '4 d 3 h'],
    [-5, '0 ms'],
  ])('%d ms is %s', (ms, text) => expect(formatDuration(ms)).toBe(text))
})

describe('formatAge', () => {
  it.each([
    [-3000, 'just now'],
    [1999, 'just now'],
    [12_000, '12 s ago'],
    [200_000, '3 min ago'],
    [18_000_000, '5 h ago'],
    [172_800_000, '2 d ago'],
  ])('%d ms is %s', (ms, text) => expect(formatAge(ms)).toBe(text))
})

describe('formatMoment', () => {
  it('uses the zone it is given', () => {
    expect(formatMoment('2026-11-21T07:44:06.000Z', 'Asia/Tokyo')).toBe('21 Nov 2026, 16:44:06')
  })
  it('falls back to UTC for a zone nobody knows', () => {
    expect(formatMoment('2026-11-21T07:44:06.000Z', 'Nowhere/Land')).toBe('21 Nov 2026, 07:44:06')
  })
})
