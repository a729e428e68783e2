/** What the host does with a VE's packets beside carrying them: the firewall, the rates, the counting of traffic. */
import type { VeSpec } from '../../../lib/contract/ve-spec.ts'
import { runAll } from '../run-all.ts'
import type { Sys } from '../sys/sys.ts'
import { attachFirewall, convergeFirewall, detachFirewall } from './firewall.ts'
import { attachRate, convergeRate, detachRate } from './rate.ts'
import { convergeTraffic, settleTraffic, trafficText } from './traffic.ts'

export type FilterSpec = Pick<VeSpec, 'veid' | 'interfaces' | 'firewall'>

/** `connect` makes the interfaces and tells nft(8) these rules too: one start of it less. Throws `firewall-refused`, `command-failed`. */
export function attachFilters(
  sys: Sys,
  spec: FilterSpec,
  initPid: number,
  connect: (rules: string) => void,
): void {
  attachFirewall(sys, spec)
  connect(trafficText(sys, spec, initPid))
  attachRate(sys, spec)
}

/** `connect` brings the interfaces from one spec to the other: the firewall is there before one comes up, and until it is gone. */
export function convergeFilters(
  sys: Sys,
  from: FilterSpec,
  to: FilterSpec,
  initPid: number,
  connect: () => void,
): void {
  const going = from.interfaces.filter(({ index }) => !to.interfaces.some((each) => each.index === index))
  convergeFirewall(sys, { ...to, interfaces: [...to.interfaces, ...going] })
  connect()
  if (going.length > 0) convergeFirewall(sys, to)
  convergeRate(sys, to)
  convergeTraffic(sys, to, initPid)
}

/** After the interfaces are gone. Harmless when there is nothing. */
export function detachFilters(sys: Sys, veid: number): void {
  runAll(
    () => detachFirewall(sys, veid),
    () => detachRate(sys, veid),
    () => settleTraffic(sys, { veid }),
  )
}
