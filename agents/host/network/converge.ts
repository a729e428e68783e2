/**
 * The network of a VE as its spec has it: its interfaces, the guard against false senders, firewall, rates and counters, and nothing
 * left of any on the host afterwards. Call these while holding the VE's lock.
 */
import { defaultRouteOf } from '../../../lib/contract/ve-interface.ts'
import type { VeSpec } from '../../../lib/contract/ve-spec.ts'
import type { Revert } from '../revert.ts'
import { runAll } from '../run-all.ts'
import type { Sys } from '../sys/sys.ts'
import { startAnnouncing } from './announce.ts'
import { applyNetwork, clearNetwork, guardAgain } from './apply.ts'
import { planBridged } from './bridged.ts'
import { attachFilters, convergeFilters, detachFilters } from './filters.ts'
import { type HostNetwork, prepareHost, readBridge, readHostNetwork } from './host-network.ts'
import { hasOwnNetwork, namesInside } from './inside.ts'
import { endsOf, type InterfacePlan } from './interface-plan.ts'
import { networkChanges } from './network-changes.ts'
import { hasRecord, readRecord, removeRecord, writeRecord } from './network-record.ts'
import { refuseImpossible } from './refuse-impossible.ts'
import { planRouted } from './routed.ts'
import { uplinksFor } from './routes.ts'

export type NetworkSpec = Pick<VeSpec, 'veid' | 'interfaces' | 'namespaces' | 'firewall'>

/** Connects a VE that has been made and does not run yet. Throws `invalid-input`, `address-taken`, `firewall-refused`, `command-failed`. */
export function attachNetwork(sys: Sys, spec: NetworkSpec, initPid: number): void {
  if (!spec.namespaces.includes('network') || !hasOwnNetwork(sys, initPid)) return
  const host = readHostNetwork(sys)
  refuseImpossible(sys, spec, host)
  const plans = planAll(sys, spec, host)
  writeRecord(sys, spec.veid, [plans])
  prepareHost(sys, spec.interfaces, host)
  const changes = networkChanges([], plans, () => false)
  const made = { veid: spec.veid, initPid, plans, changes, names: new Map(), running: false }
  attachFilters(sys, spec, initPid, (rules) => applyNetwork(sys, { ...made, rules }))
}

/**
 * Brings the network of a VE from one spec to another. A running one (`initPid`) keeps the connections of interfaces that stay. What
 * the VE's root has taken away or moved elsewhere is made anew. Pushes how to go back before the first change; of a stopped VE
 * (null) nothing is on the kernel: the spec is only looked at. Throws as attachNetwork does.
 */
export function convergeNetwork(
  sys: Sys,
  from: NetworkSpec,
  to: NetworkSpec,
  initPid: number | null,
  revert: Revert,
): void {
  if (!to.namespaces.includes('network')) return
  refuseImpossible(sys, to, readHostNetwork(sys))
  if (initPid === null || !hasOwnNetwork(sys, initPid)) return
  revert.push('network', () =>
    convergeFilters(sys, to, from, initPid, () => void change(sys, from, from, initPid)),
  )
  let changed = false
  convergeFilters(sys, from, to, initPid, () => {
    changed = change(sys, from, to, initPid)
  })
  if (changed) for (const announcing of startAnnouncing(sys, to, initPid)) announcing.wait()
}

/** Takes everything of it off the host. Harmless when there is nothing, and whatever its root did to its end. */
export function detachNetwork(sys: Sys, { veid }: Pick<VeSpec, 'veid'>): void {
  if (!hasNetworkTraces(sys, veid)) return
  runAll(
    () => clearNetwork(sys, veid, (readRecord(sys, veid)?.states ?? []).flat()),
    () => detachFilters(sys, veid),
  )
  removeRecord(sys, veid)
}

/** Whether anything of it is on the host. */
export function hasNetworkTraces(sys: Sys, veid: number): boolean {
  return hasRecord(sys, veid) || endsOf(sys, veid).length > 0
}

/** What the interfaces of `spec` take. Pure but for what it reads of the host. */
export function planAll(sys: Sys, { veid, interfaces }: NetworkSpec, host: HostNetwork): InterfacePlan[] {
  const default4 = defaultRouteOf(interfaces, false).through
  const default6 = defaultRouteOf(interfaces, true).through
  const uplinksOf = (address: string) => uplinksFor(host.routes, address)
  return interfaces.map((each) =>
    each.kind === 'routed'
      ? planRouted(each, { veid, uplinksOf, default4, default6 })
      : planBridged(each, veid, readBridge(sys, each.bridge)),
  )
}

/** Whether there was anything to change. */
function change(sys: Sys, from: NetworkSpec, to: NetworkSpec, initPid: number): boolean {
  const { veid } = to
  const host = readHostNetwork(sys)
  const plans = planAll(sys, to, host)
  const states = readRecord(sys, veid)?.states ?? [planAll(sys, from, host)]
  const names = namesInside(sys, initPid, endsOf(sys, veid))
  const changes = networkChanges(states, plans, (end) => names.has(end))
  const count = changes.gone.length + changes.fresh.length + changes.changed.length
  const stray = endsOf(sys, veid).some((end) => !plans.some((plan) => plan.end === end))
  if (count === 0 && states.length === 1 && !stray) {
    guardAgain(sys, veid, plans)
    return false
  }
  writeRecord(sys, veid, [...states, plans])
  prepareHost(sys, to.interfaces, host)
  applyNetwork(sys, { veid, initPid, plans, changes, names, running: true, rules: '' })
  writeRecord(sys, veid, [plans])
  return true
}
