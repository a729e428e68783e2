/** Terminals into VEs: a line of JSON that says whether it is open, then bytes. */
import { TERMINAL_OPENED, VE_ARGUMENTS } from '../../../lib/contract/agent-constants.ts'
import type { TerminalKind } from '../../../lib/contract/agent-protocol.ts'
import { Problem } from '../../../lib/contract/problem.ts'
import { refuseOlderEpoch } from '../epoch.ts'
import type { Sys } from '../sys/sys.ts'
import { getSpec, refuseOtherUuid } from '../ve-store.ts'
import { openBootLog } from './boot-log.ts'
import { openConsole } from './console.ts'

/** Each checks, and gives what goes on once it has been said that it is open. */
const OPEN = { console: openConsole, 'boot-log': openBootLog } satisfies Record<
  TerminalKind,
  (sys: Sys, veid: number) => () => void
>

/** Nothing is changed, so no lock is held: a VE's boot can be watched while a request starts it. */
function veOf(sys: Sys, words: string): number {
  const [, veid, uuid, epoch] = VE_ARGUMENTS.exec(words) ?? []
  if (veid === undefined || uuid === undefined) {
    throw new Problem('invalid-input', 'A terminal is opened with veid, uuid and epoch of a VE.')
  }
  const ve = { veid: Number(veid), uuid, epoch: Number(epoch) }
  getSpec(sys, ve.veid)
  refuseOtherUuid(sys, ve)
  refuseOlderEpoch(sys, ve.veid, ve.epoch)
  return ve.veid
}

export function terminal(sys: Sys, kind: TerminalKind, words: string): void {
  let goOn: () => void
  try {
    goOn = OPEN[kind](sys, veOf(sys, words))
  } catch (error) {
    sys.output(`${JSON.stringify({ error: Problem.from(error).toJson() })}\n`)
    sys.exit(1)
    return
  }
  sys.output(`${TERMINAL_OPENED}\n`)
  goOn()
}
