import { settleCheckpoint } from '../checkpoint/settle-checkpoint.ts'
import { enterEpoch } from '../epoch.ts'
import { withLock } from '../lock.ts'
import type { MethodContext } from '../request.ts'
import { refuseOtherUuid } from '../ve-store.ts'

type Ve = { veid: number; uuid: string; epoch: number }

/** What every request that changes a VE begins with: its lock, whether it is that VE, then its epoch. Throws `veid-taken`. */
export function withVe<T>(context: MethodContext, ve: Ve, work: () => T): T {
  return withLock(context.sys, `ve${ve.veid}`, `VE ${ve.veid}`, context.key, () => {
    refuseOtherUuid(context.sys, ve)
    const remembered = enterEpoch(context.sys, ve.veid, ve.epoch)
    try {
      settleCheckpoint(context.sys, ve.veid)
      return work()
    } finally {
      remembered.wait()
    }
  })
}
