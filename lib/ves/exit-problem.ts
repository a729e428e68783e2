import type { VeExit } from '../contract/agent-protocol.ts'
import { Problem } from '../contract/problem.ts'
import type { VeKind } from '../contract/ve-application.ts'

/** What there is to say of a VE that went down without the panel having asked; null when it was asked from inside. Pure. */
export function exitProblem(ve: { name: string; kind: VeKind }, exit: VeExit | null): Problem | null {
  if (exit === null) return null
  const what = ve.kind === 'system' ? 'init' : 'program'
  const at = new Date(exit.at).toISOString().slice(11, 19)
  const context = { exit }
  if (exit.reason === 'reboot')
    return new Problem(
      've-init-died',
      `${ve.name} was restarted from inside at ${at} UTC and did not come up again.`,
      { context },
    )
  const died = exit.reason === 'crashed' || (exit.reason === 'ended' && exit.exitCode !== 0)
  if (!died) return null
  const how =
    exit.signal === null ? `ended with exit code ${exit.exitCode}` : `was killed by signal ${exit.signal}`
  return new Problem('ve-init-died', `${ve.name} went down at ${at} UTC: its ${what} ${how}.`, { context })
}
