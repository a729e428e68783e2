import type { AgentParams, AgentResult } from '../../../lib/contract/agent-protocol.ts'
import { Problem } from '../../../lib/contract/problem.ts'
import type { VeSpec } from '../../../lib/contract/ve-spec.ts'
import { settleCheckpoint } from '../checkpoint/settle-checkpoint.ts'
import { withLock } from '../lock.ts'
import { cameBy } from '../move/adopt.ts'
import { neverLetGo } from '../move/arrived.ts'
import { unauthorize } from '../move/authorized-keys.ts'
import { forgetOutgoing } from '../move/forget.ts'
import { findArrived, removeIncoming } from '../move/incoming.ts'
import { closeLink } from '../move/link.ts'
import { isReleased, readOutgoing } from '../move/outgoing.ts'
import { startAnnouncing } from '../network/announce.ts'
import { observe } from '../observe.ts'
import { vePaths } from '../paths.ts'
import { type MethodContext, step } from '../request.ts'
import { loadRuntime } from '../runtime/load.ts'
import { demandVeDirectory } from '../storage/ve-directory.ts'
import { mustRun } from '../sys/run.ts'
import type { Sys } from '../sys/sys.ts'
import { findSpec } from '../ve-store.ts'
import { removeVe } from './ve-destroy.ts'
import { withVe } from './ve-request.ts'

type Params = AgentParams<'move-cancel'>
type Result = AgentResult<'move-cancel'>

/** The destination may have said already that it is there. */
function announceAgain(sys: Sys, spec: VeSpec | null): void {
  const init = spec === null ? null : loadRuntime().init(sys, spec.veid)
  if (spec === null || init === null) return
  for (const each of startAnnouncing(sys, spec, init.pid)) each.wait()
}

/** The record goes before anything is let go: a VE that goes on is never taken for one that was given away. */
function onSource(context: MethodContext, params: Params): Result {
  const { sys } = context
  const { veid, move, dropped } = params
  closeLink(sys, move) // ends what is sending, which waits for nothing else
  return withLock(sys, `move${veid}`, `The move of VE ${veid}`, context.key, () =>
    withVe(
      context,
      params,
      () => {
        const outgoing = readOutgoing(sys, veid)
        if (outgoing?.moved || (outgoing?.released != null && !dropped)) {
          throw new Problem(
            've-state-forbids',
            `VE ${veid} was released: it goes on here only once the destination has dropped it.`,
          )
        }
        forgetOutgoing(sys, veid)
        step(context, 'thaw', 'Let it go on', () => settleCheckpoint(sys, veid))
        const spec = findSpec(sys, veid)
        announceAgain(sys, spec)
        return { ve: spec === null ? null : observe(sys, spec) }
      },
      { givenAway: 'allow' },
    ),
  )
}

/** Of what this host has taken over: only what was never let go here, for it could not be restored; or the rest of that. */
function dropUnused(sys: Sys, veid: number): void {
  const { spec, home } = vePaths(veid)
  if (sys.stat(spec) !== null && !neverLetGo(sys, veid)) {
    throw new Problem(
      've-state-forbids',
      `VE ${veid} has been taken over by this host: it cannot be dropped.`,
    )
  }
  sys.remove(spec)
  mustRun(sys, ['sync', home])
  removeVe(sys, veid)
}

/** The epoch is no matter: nothing of the VE is touched that runs anywhere. */
function onDestination({ sys, key }: MethodContext, { veid, uuid, move }: Params): Result {
  return withLock(sys, `ve${veid}`, `VE ${veid}`, key, () => {
    if (cameBy(sys, veid, move)) dropUnused(sys, veid)
    const arrived = findArrived(sys, veid)
    if (arrived === null || arrived.move === move) removeIncoming(sys, veid)
    unauthorize(sys, move)
    // On the source, when this is asked again: who was asked first may have been killed before it let the VE go on.
    const spec = findSpec(sys, veid)
    if (spec?.uuid !== uuid) return { ve: null }
    if (!isReleased(sys, veid)) {
      settleCheckpoint(sys, veid)
      announceAgain(sys, spec)
    }
    return { ve: observe(sys, spec) }
  })
}

/** Throws `storage-missing`: while the file system of the VEs is not there nobody can say that a VE is not. */
export function moveCancel(context: MethodContext, params: Params): Result {
  demandVeDirectory(context.sys)
  const isSource = readOutgoing(context.sys, params.veid)?.move === params.move
  return isSource ? onSource(context, params) : onDestination(context, params)
}
