import { expect, test } from 'vitest'
import type { VeExit } from '../contract/agent-protocol.ts'
import { exitProblem } from './exit-problem.ts'

const exit = (more: Partial<VeExit>): VeExit => ({
  at: Date.UTC(2026, 0, 2, 3, 4, 5),
  reason: 'crashed',
  exitCode: null,
  signal: null,
  ...more,
})
const said = (more: Partial<VeExit>, kind: 'system' | 'application' = 'system') =>
  exitProblem({ name: 'web', kind }, exit(more))?.detail

test('what went down unasked says how and when', () => {
  expect(said({ signal: 11 })).toBe('web went down at 03:04:05 UTC: its init was killed by signal 11.')
  expect(said({ reason: 'ended', exitCode: 3 }, 'application')).toBe(
    'web went down at 03:04:05 UTC: its program ended with exit code 3.',
  )
  expect(said({ reason: 'reboot' })).toContain('did not come up again')
})

test('what was asked for is no problem', () => {
  for (const reason of ['halt', 'stopped-by-host'] as const) expect(said({ reason })).toBeUndefined()
  expect(said({ reason: 'ended', exitCode: 0 })).toBeUndefined()
  expect(exitProblem({ name: 'web', kind: 'system' }, null)).toBeNull()
})
