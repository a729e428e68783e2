import type { AgentParams, AgentResult } from '../../../lib/contract/agent-protocol.ts'
import { Problem } from '../../../lib/contract/problem.ts'
import { refuseHibernated } from '../checkpoint/refuse-hibernated.ts'
import { startHostKey } from '../guest/host-key.ts'
import { startGuestSetUp } from '../guest/setup.ts'
import { observe } from '../observe.ts'
import { type MethodContext, step } from '../request.ts'
import { rescueSpec } from '../rescue-spec.ts'
import { withRevert } from '../revert.ts'
import { loadRuntime } from '../runtime/load.ts'
import { attachRescueDisk, makeRescueDisk, removeRescueDisk, rescueOf } from '../storage/rescue-disk.ts'
import { takeOff } from '../teardown.ts'
import { getCache } from '../template/cache.ts'
import { getSpec, storeSpec } from '../ve-store.ts'
import { withVe } from './ve-request.ts'
import { bringUp, clearUp } from './ve-start.ts'

type Params = AgentParams<'ve-rescue'>

function startRescue(
  context: MethodContext,
  { spec, cache, digest, access }: Params,
): AgentResult<'ve-rescue'> {
  const { sys } = context
  const rescue = rescueSpec(spec)
  return withRevert((revert) => {
    revert.push('rescue system', () => takeOff(sys, spec))
    const hostKey = startHostKey(sys, spec.veid, spec.hostname)
    step(context, 'disk', 'Clone the rescue system', () => {
      makeRescueDisk(sys, spec.veid, getCache(sys, cache, digest))
      getCache(sys, cache, digest) // again: a rebuild takes the record away before it replaces the image
      attachRescueDisk(sys, rescue)
    })
    step(context, 'guest', 'Set up the rescue system', () =>
      startGuestSetUp(sys, rescue, access, hostKey.wait(), { cache, digest }).wait(),
    )
    bringUp(context, rescue, { rescue: true })
    return observe(sys, spec)
  })
}

/** Asked again of a VE that runs in rescue already, it is left alone. */
export function veRescue(context: MethodContext, params: Params): AgentResult<'ve-rescue'> {
  const { sys } = context
  const { spec } = params
  return withVe(context, spec, () => {
    const stored = getSpec(sys, spec.veid)
    if (loadRuntime().init(sys, spec.veid) !== null) {
      if (rescueOf(sys, spec.veid) !== null) return observe(sys, stored)
      throw new Problem('ve-state-forbids', `VE ${spec.veid} is running: stop it before it is rescued.`)
    }
    refuseHibernated(sys, spec.veid)
    clearUp(sys, stored)
    removeRescueDisk(sys, spec.veid)
    storeSpec(sys, spec)
    return startRescue(context, params)
  })
}
