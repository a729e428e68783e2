import type { AgentParams, AgentResult } from '../../../lib/contract/agent-protocol.ts'
import { Problem } from '../../../lib/contract/problem.ts'
import { STORAGE_DRIVERS } from '../../../lib/contract/storage.ts'
import { removeCopy, removeUnpacked } from '../backups/copies.ts'
import { forgetCheckpoints } from '../checkpoint/keep.ts'
import { forgetOutgoing } from '../move/forget.ts'
import { readOutgoing, refuseReleased } from '../move/outgoing.ts'
import { vePaths } from '../paths.ts'
import type { MethodContext } from '../request.ts'
import { loadRuntime } from '../runtime/load.ts'
import { unmountSnapshots } from '../snapshots/mounts.ts'
import { removeSnapshots } from '../snapshots/store.ts'
import { loadStorage } from '../storage/load.ts'
import { demandVeDirectory, forgetEmptyVeDirectory } from '../storage/ve-directory.ts'
import type { Sys } from '../sys/sys.ts'
import { tearDown } from '../teardown.ts'
import { withVe } from './ve-request.ts'

/** Removes what a VE has on disk, half created or whole, after taking it off the kernel. Harmless when there is nothing. */
export function removeVe(sys: Sys, veid: number): void {
  const paths = vePaths(veid)
  unmountSnapshots(sys, veid)
  tearDown(sys, { veid })
  sys.remove(paths.spec) // first: from here on the VE does not exist
  removeSnapshots(sys, veid)
  removeCopy(sys, veid)
  removeUnpacked(sys, veid)
  for (const name of STORAGE_DRIVERS) loadStorage(name).remove(sys, veid)
  forgetCheckpoints(sys, veid)
  for (const name of sys.list(paths.home)) sys.remove(`${paths.home}/${name}`)
  sys.remove(paths.home)
  forgetOutgoing(sys, veid)
  forgetEmptyVeDirectory(sys)
}

export function veDestroy(
  context: MethodContext,
  params: AgentParams<'ve-destroy'>,
): AgentResult<'ve-destroy'> {
  try {
    return withVe(
      context,
      params,
      () => {
        demandVeDirectory(context.sys)
        if (readOutgoing(context.sys, params.veid)?.moved !== true) refuseReleased(context.sys, params.veid)
        if (!params.kill && loadRuntime().init(context.sys, params.veid) !== null) {
          throw new Problem(
            've-state-forbids',
            `VE ${params.veid} is running: stop it before it is destroyed.`,
          )
        }
        removeVe(context.sys, params.veid)
        return {}
      },
      { givenAway: 'allow' },
    )
  } catch (error) {
    // What is here under this number is not the one that is to go: that one is gone, or was never made.
    if (error instanceof Problem && error.code === 'veid-taken') return {}
    throw error
  }
}
