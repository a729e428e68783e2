import { enterEpoch } from '../epoch.ts'
import { withLock } from '../lock.ts'
import type { MethodContext } from '../request.ts'

/** What every request that changes a VE begins with: its lock, then its epoch. */
export function withVe<T>(context: MethodContext, ve: { veid: number; epoch: number }, work: () => T): T {
  return withLock(context.sys, `ve${ve.veid}`, `VE ${ve.veid}`, context.key, () => {
    enterEpoch(context.sys, ve.veid, ve.epoch)
    return work()
  })
}
