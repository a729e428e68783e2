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
    'gone.test.ts > was here',
  ]
  expect(missingRequired(required, [unit, browser])).toEqual([
    { name: 'b.test.ts > needs root', reason: 'required, and skipped: not root' },
    { name: 'gone.test.ts > was here', reason: 'required, and no such test ran' },
  ])
})
