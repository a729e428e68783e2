import type { SetupStep } from '@/lib/setup/steps.ts'

export type SetupProgress = {
  state: 'none' | 'running' | 'failed' | 'done'
  done: number
  total: number
  now: SetupStep | null
}

/** Where `npm run up` is: `now` is the step that runs, or the one that failed. */
export function setupProgress(steps: readonly SetupStep[]): SetupProgress {
  const failed = steps.find((step) => step.state === 'failed') ?? null
  const running =
    steps.find((step) => step.state === 'running') ?? steps.find((step) => step.state === 'waiting')
  const done = steps.filter((step) => step.state === 'done').length
  const counts = { done, total: steps.length }
  if (steps.length === 0) return { state: 'none', ...counts, now: null }
  if (failed) return { state: 'failed', ...counts, now: failed }
  return running ? { state: 'running', ...counts, now: running } : { state: 'done', ...counts, now: null }
}
