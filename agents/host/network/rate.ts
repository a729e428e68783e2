/**
 * Rate limits on the host's ends, where the VE's root cannot undo them. Towards the VE a token bucket is the queue of the host's end.
 * What the VE sends makes a detour through an "ifb" device with such a queue: held up there, TCP slows down by itself and loses next
 * to nothing, which a limit that drops (police) does not manage. Both are changed in place: connections live on.
 */
import type { VeInterface } from '../../../lib/contract/ve-interface.ts'
import { commandFailed, mustRun } from '../sys/run.ts'
import type { Sys } from '../sys/sys.ts'
import { planRates, rateTable, waitingEndsOf } from './rate-plan.ts'

type Rated = { veid: number; interfaces: readonly Pick<VeInterface, 'index' | 'rate'>[] }

const DEVICES = '/sys/class/net'
const batch = (lines: readonly string[]) => ({ stdin: `${lines.join('\n')}\n` })

/** For fresh host's ends, which have no queue yet. */
export function attachRate(sys: Sys, spec: Rated): void {
  const limited = spec.interfaces.some(({ rate }) => rate.inBits !== null || rate.outBits !== null)
  if (limited) convergeRate(sys, spec)
}

/** The host's ends have to be there. */
export function convergeRate(sys: Sys, { veid, interfaces }: Rated): void {
  const plan = planRates(veid, interfaces)
  const present = waitingEndsOf(veid, sys.list(DEVICES))
  const missing = plan.waiting.filter((device) => !present.includes(device))
  if (missing.length > 0) {
    const lines = missing.flatMap((device) => [
      `link add ${device} type ifb`,
      `link set ${device} addrgenmode none`,
      `link set ${device} up`,
    ])
    mustRun(sys, ['ip', '-batch', '-'], batch(lines))
  }
  if (plan.queues.length > 0) mustRun(sys, ['tc', '-batch', '-'], batch(plan.queues))
  if (plan.waiting.length === 0 && present.length === 0) return
  mustRun(sys, ['nft', '-f', '-'], { stdin: plan.detour })
  removeDevices(
    sys,
    present.filter((device) => !plan.waiting.includes(device)),
  )
}

/** The queues of the host's ends go with these. Harmless when there is nothing. */
export function detachRate(sys: Sys, veid: number): void {
  const present = waitingEndsOf(veid, sys.list(DEVICES))
  if (present.length === 0) return
  sys.run(['nft', 'delete', 'table', 'netdev', rateTable(veid)])
  removeDevices(sys, present)
}

function removeDevices(sys: Sys, devices: readonly string[]): void {
  if (devices.length === 0) return
  const argv = ['ip', '-force', '-batch', '-']
  const result = sys.run(argv, batch(devices.map((device) => `link del ${device}`)))
  const left = sys.list(DEVICES).filter((device) => devices.includes(device))
  if (left.length > 0) throw commandFailed(argv, result)
}
