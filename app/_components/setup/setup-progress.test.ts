import { describe, expect, it } from 'vitest'
import type { SetupStep } from '@/lib/setup/steps.ts'
import { setupProgress } from './setup-progress.ts'

const steps = (...states: SetupStep['state'][]): SetupStep[] =>
  states.map((state, position) => ({
    key: `s${position}`,
    position,
    label: `Step ${position}`,
    state,
    detail: null,
    updatedAt: new Date(0),
  }))

describe('setupProgress', () => {
  it('is nothing without steps', () => expect(setupProgress([]).state).toBe('none'))
  it('names the step that runs', () => {
    const progress = setupProgress(steps('done', 'running', 'waiting'))
    expect(progress).toMatchObject({ state: 'running', done: 1, total: 3, now: { key: 's1' } })
  })
  it('is still running between two steps', () =>
    expect(setupProgress(steps('done', 'waiting'))).toMatchObject({ state: 'running', now: { key: 's1' } }))
  it('puts a failure first', () =>
    expect(setupProgress(steps('failed', 'running'))).toMatchObject({ state: 'failed', now: { key: 's0' } }))
  it('ends', () => expect(setupProgress(steps('done', 'done'))).toMatchObject({ state: 'done', now: null }))
})
