/** How the steps look in a terminal. Pure text, so that it can be tested. */
import type { SetupStepState } from '../../setup/step.ts'

export type StepLine = { label: string; state: SetupStepState; detail: string | null; elapsedMs: number }

const MARKS: Record<SetupStepState, string> = { waiting: '·', running: '…', done: '✓', failed: '✗' }

export function stepLine(step: StepLine, columns = Number.POSITIVE_INFINITY): string {
  // What has only just begun has no time yet worth telling.
  const time =
    step.state === 'waiting' || (step.state === 'running' && step.elapsedMs < 1_000)
      ? ''
      : ` (${elapsed(step.elapsedMs)})`
  const detail = step.detail ? `: ${step.detail.replaceAll(/\s*\n\s*/g, ' ')}` : ''
  const line = `  ${MARKS[step.state]} ${step.label}${time}${detail}`
  // One column stays free: a terminal that wraps at the last one would spoil the redraw.
  return line.length < columns ? line : `${line.slice(0, columns - 2)}…`
}

/** Under ten seconds with a tenth, over a minute in minutes and seconds. */
export function elapsed(ms: number): string {
  const seconds = ms / 1000
  if (seconds < 10) return `${seconds.toFixed(1)} s`
  if (seconds < 60) return `${Math.round(seconds)} s`
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`
}
