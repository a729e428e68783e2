import { expect, test } from 'vitest'
import { missingRequired, type Outcome, summaryLine } from './outcome.ts'

const unit: Outcome = {
  passed: ['a.test.ts > adds', 'a.test.ts > takes away'],
  failed: [{ name: 'a.test.ts > divides', reason: 'by zero' }],
  skipped: [{ name: 'b.test.ts > needs root', reason: 'not root' }],
}
const browser: Outcome = { passed: ['ves.e2e.ts > creates'], failed: [], skipped: [] }

test('the last line is the true sum over all runners', () => {
  expect(summaryLine([unit, browser])).toBe('3 passed, 1 failed, 1 skipped')
  expect(summaryLine([])).toBe('0 passed, 0 failed, 0 skipped')
})

test('a required test that was skipped or is not there fails; one that ran does not', () => {
  const required = [
    'ves.e2e.ts > creates',
    'b.test.ts > needs root',
    'a.test.ts > divides',
    'a.test.ts > is gone',
  ]
  expect(missingRequired(required, [unit, browser])).toEqual([
    { name: 'b.test.ts > needs root', reason: 'required, and skipped: not root' },
    { name: 'a.test.ts > is gone', reason: 'required, and no such test ran' },
  ])
})

test('a required file must have run, and none of its tests may be skipped', () => {
  expect(missingRequired(['ves.e2e.ts', 'a.test.ts', 'b.test.ts', 'c.test.ts'], [unit, browser])).toEqual([
    { name: 'b.test.ts > needs root', reason: 'required, and skipped: not root' },
    { name: 'c.test.ts', reason: 'required, and no such test ran' },
  ])
})
