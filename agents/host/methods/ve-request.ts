import { settleCheckpoint } from '../checkpoint/settle-checkpoint.ts'
import { enterEpoch } from '../epoch.ts'
import { withLock } from '../lock.ts'
import { isReleased, refuseReleased } from '../move/outgoing.ts'
import type { MethodContext } from '../request.ts'
import { refuseOtherUuid } from '../ve-store.ts'

type Ve = { veid: number; uuid: string; epoch: number }

/** What may be asked of a VE that this host has given away: of most nothing. */
export type GivenAway = 'refuse' | 'allow'

/**
 * What every request that changes a VE begins with: its lock, whether it is that VE, then its epoch. Throws `veid-taken`, and
 * `ve-state-forbids` of one that was given to another host: nothing here lets that go on.
 */
export function withVe<T>(
  context: MethodContext,
  ve: Ve,
  work: () => T,
  { givenAway = 'refuse' }: { givenAway?: GivenAway } = {},
): T {
  return withLock(context.sys, `ve${ve.veid}`, `VE ${ve.veid}`, context.key, () => {
    refuseOtherUuid(context.sys, ve)
    const remembered = enterEpoch(context.sys, ve.veid, ve.epoch)
    try {
      if (!isReleased(context.sys, ve.veid)) settleCheckpoint(context.sys, ve.veid)
      else if (givenAway === 'refuse') refuseReleased(context.sys, ve.veid)
      return work()
    } finally {
      remembered.wait()
    }
  })
}
