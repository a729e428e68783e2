/** What the source of a move knows of it, on the disk and beyond a reboot: one move of a VE at a time. */
import { type AgentResult, HOST_PATHS } from '../../../lib/contract/agent-protocol.ts'
import { Problem } from '../../../lib/contract/problem.ts'
import { ensureDirectory, readJson } from '../sys/files.ts'
import { mustRun } from '../sys/run.ts'
import type { Sys } from '../sys/sys.ts'

export type Outgoing = {
  move: string
  /** Names of copies of the disk: the destination has all of the first, and perhaps parts of those after it. */
  bases: string[]
  /** What `move-freeze` answered. From here on the VE may be alive elsewhere. */
  released: AgentResult<'move-freeze'> | null
  /** It is elsewhere; here its disk is kept. */
  moved: boolean
}

const folder = (veid: number) => `${HOST_PATHS.state}/ve/${veid}`
const file = (veid: number) => `${folder(veid)}/outgoing.json`

export function readOutgoing(sys: Sys, veid: number): Outgoing | null {
  return readJson<Outgoing>(sys, file(veid))
}

/** Throws `not-found` when that is not the move that it is on. */
export function getOutgoing(sys: Sys, veid: number, move: string): Outgoing {
  const found = readOutgoing(sys, veid)
  if (found?.move === move) return found
  throw new Problem('not-found', `VE ${veid} is not on move ${move} from this host.`)
}

/** On the disk when it returns. When it throws it is as it was before: who releases a VE goes by that. */
export function writeOutgoing(sys: Sys, veid: number, outgoing: Outgoing): void {
  ensureDirectory(sys, folder(veid))
  const next = `${file(veid)}.${sys.pid}.new`
  sys.write(next, JSON.stringify(outgoing), 0o600)
  mustRun(sys, ['sync', next])
  sys.rename(next, file(veid))
  sys.run(['sync', folder(veid)])
}

export function removeOutgoing(sys: Sys, veid: number): void {
  if (sys.remove(file(veid))) mustRun(sys, ['sync', folder(veid)])
}

/** Whether this host has given the VE away: nothing here lets it go on, or starts it, by itself. */
export const isReleased = (sys: Sys, veid: number): boolean => readOutgoing(sys, veid)?.released != null

/** Throws `ve-state-forbids`. */
export function refuseReleased(sys: Sys, veid: number): void {
  const outgoing = readOutgoing(sys, veid)
  if (outgoing?.released == null) return
  throw new Problem(
    've-state-forbids',
    outgoing.moved
      ? `VE ${veid} has moved to another host; here only its disk is kept.`
      : `VE ${veid} was given to another host by move ${outgoing.move}: finish that, or cancel it there first.`,
    { context: { move: outgoing.move } },
  )
}
