import { expect, test } from 'vitest'
import { elapsed, stepLine } from './step-lines.ts'

const step = { label: 'Build', detail: null, elapsedMs: 12_340 }

test('a step is one line, whatever its detail holds', () => {
  expect(stepLine({ ...step, state: 'done' })).toBe('  ✓ Build (12 s)')
  expect(stepLine({ ...step, state: 'failed', detail: 'first\n  second' })).toBe(
    '  ✗ Build (12 s): first second',
  )
  expect(stepLine({ ...step, state: 'waiting' })).toBe('  · Build')
  expect(stepLine({ ...step, state: 'running', elapsedMs: 300 })).toBe('  … Build')
})

test('a line never reaches the last column', () => {
  const line = stepLine({ ...step, state: 'running', detail: 'x'.repeat(200) }, 80)
  expect(line).toHaveLength(79)
  expect(line.endsWith('…')).toBe(true)
})

test.each([
  [0, '0.0 s'],
  [9_940, '9.9 s'],
  [59_000, '59 s'],
  [61_000, '1 min 1 s'],
])('%d ms is %s', (ms, text) => expect(elapsed(ms)).toBe(text))
