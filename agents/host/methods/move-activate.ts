import { type AgentParams, type AgentResult, HOST_PATHS } from '../../../lib/contract/agent-protocol.ts'
import { Problem } from '../../../lib/contract/problem.ts'
import { readCheckpoint } from '../checkpoint/checkpoint-meta.ts'
import { type Adopted, adopt, cameBy } from '../move/adopt.ts'
import { refuseTorn } from '../move/arrived.ts'
import { unauthorize } from '../move/authorized-keys.ts'
import { observe } from '../observe.ts'
import { type MethodContext, step } from '../request.ts'
import { loadRuntime } from '../runtime/load.ts'
import { demandVeDirectory } from '../storage/ve-directory.ts'
import { mustStart } from '../sys/run.ts'
import { findSpec, getSpec } from '../ve-store.ts'
import { withVe } from './ve-request.ts'
import { resumeHibernated } from './ve-resume.ts'
import { ensureRunning } from './ve-start.ts'

type Params = AgentParams<'move-activate'>

function bringToLife(context: MethodContext, { spec, start }: Params, adopted: Adopted): void {
  const { sys } = context
  if (loadRuntime().init(sys, spec.veid) !== null) {
    adopted.wait()
    return
  }
  refuseTorn(sys, spec.veid)
  if (readCheckpoint(sys, spec.veid) !== null) {
    resumeHibernated(context, { from: getSpec(sys, spec.veid), to: spec }, adopted)
    return
  }
  adopted.wait()
  if (start) ensureRunning(context, spec)
}

/** Throws `ve-state-forbids`. */
function takeOver(context: MethodContext, { spec, move, release }: Params): Adopted {
  const { sys } = context
  if (findSpec(sys, spec.veid) === null) {
    return step(context, 'adopt', 'Take it over', () => adopt(sys, spec, move, release))
  }
  if (!cameBy(sys, spec.veid, move)) {
    throw new Problem('ve-state-forbids', `VE ${spec.veid} on this host did not come by move ${move}.`)
  }
  // An agent may have been killed before that was waited for.
  return mustStart(sys, ['sync', HOST_PATHS.ve])
}

/**
 * Asked again it goes on where it was: a VE that could not be restored is hibernated here, and is restored then, or dropped by
 * `move-cancel`. Throws
 * `restore-failed`, `ve-state-forbids` without the source's release.
 */
export function moveActivate(context: MethodContext, params: Params): AgentResult<'move-activate'> {
  const { sys } = context
  const { spec, move } = params
  return withVe(context, spec, () => {
    demandVeDirectory(sys)
    const began = sys.now()
    bringToLife(context, params, takeOver(context, params))
    const restoreMilliseconds = sys.now() - began
    unauthorize(sys, move)
    return { ve: observe(sys, getSpec(sys, spec.veid)), restoreMilliseconds }
  })
}
