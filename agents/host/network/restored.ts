/**
 * The network of a VE that comes back from a checkpoint: its own ends of the interfaces are restored with all that its root did to
 * them. The host makes the pairs before, the other ends waiting under names of their own, and all that it has on its own side; nothing
 * passes until uncutNetwork (cut.ts).
 */
import type { Restored } from '../checkpoint/stand-still.ts'
import { mustRun } from '../sys/run.ts'
import { set } from '../sys/settings.ts'
import type { Sys } from '../sys/sys.ts'
import { sets } from './apply.ts'
import { type NetworkSpec, planAll } from './converge.ts'
import { cutText, uncutText } from './cut.ts'
import { attachFirewall } from './firewall.ts'
import { guardText } from './guard.ts'
import { prepareHost, readHostNetwork } from './host-network.ts'
import { namesInside, startInside } from './inside.ts'
import { endsOf, hostEnd, type InterfacePlan } from './interface-plan.ts'
import { writeRecord } from './network-record.ts'
import { attachRate } from './rate.ts'
import { refuseImpossible } from './refuse-impossible.ts'
import { routedMac } from './routed.ts'
import { trafficText } from './traffic.ts'

/** Host's end → what its other end is called inside. */
export type NamesInside = Record<string, string>

/** Where the other end waits: not one of the names by which a VE's ends are known, and as short. */
export const waitingEnd = (end: string): string => end.replace(/^ve/, 'vp')

/** Of a running VE: those that are there, and can be restored. */
export function readNamesInside(sys: Sys, { veid, namespaces }: NetworkSpec, initPid: number): NamesInside {
  if (!namespaces.includes('network')) return {}
  return Object.fromEntries(namesInside(sys, initPid, endsOf(sys, veid)))
}

/**
 * All of the network of `spec` that is on the host, for the interfaces that `names` has; a restored VE may take the waiting ends.
 * Throws `invalid-input`, `address-taken`, `firewall-refused`, `command-failed`.
 */
export function attachWaiting(sys: Sys, spec: NetworkSpec, names: NamesInside): void {
  if (!spec.namespaces.includes('network')) return
  const host = readHostNetwork(sys)
  refuseImpossible(sys, spec, host)
  const plans = planAll(sys, spec, host).filter(({ end }) => end in names)
  writeRecord(sys, spec.veid, [plans])
  prepareHost(sys, spec.interfaces, host)
  attachFirewall(sys, spec)
  makeWaiting(sys, spec.veid, plans)
  attachRate(sys, spec)
}

const adds = (lines: readonly { add: string }[]) => lines.map(({ add }) => `${add}\n`).join('')

function makeWaiting(sys: Sys, veid: number, plans: readonly InterfacePlan[]): void {
  if (plans.length === 0) return
  const makes = plans.map(
    ({ end, make }) =>
      `link add ${end} ${make.end} type veth peer name ${waitingEnd(end)} ${make.peer}\nlink set ${waitingEnd(end)} addrgenmode none\n`,
  )
  const outside = adds(plans.flatMap(({ outside }) => outside))
  // Nothing passes meanwhile: the other end is down.
  const inOne = !sets(sys, plans)
  mustRun(sys, ['ip', '-batch', '-'], { stdin: makes.join('') + (inOne ? outside : '') })
  for (const { path, value } of plans.flatMap(({ settings }) => settings)) set(sys, path, value)
  const ends = plans.map(({ end }) => end)
  mustRun(sys, ['nft', '-f', '-'], {
    stdin: uncutText(veid) + cutText(veid, ends) + guardText(veid, plans),
  })
  if (!inOne) mustRun(sys, ['ip', '-batch', '-'], { stdin: outside })
  const ports = adds(plans.flatMap((plan) => plan.ports))
  if (ports !== '') mustRun(sys, ['bridge', '-batch', '-'], { stdin: ports })
}

/**
 * What a checkpoint does not hold: neighbours that the host told the VE of once and for all. A moment without them does no harm: it would
 * ask. `names`: as they were written down.
 */
export function startCompleting(
  sys: Sys,
  spec: NetworkSpec,
  initPid: number,
  names: NamesInside,
): { wait(): unknown } {
  if (!spec.namespaces.includes('network')) return { wait: () => {} }
  const neighbours = planAll(sys, spec, readHostNetwork(sys)).flatMap(({ end, inside }) => {
    const name = names[end]
    const lines = inside.filter(({ add }) => add.startsWith('neigh replace'))
    return name === undefined ? [] : lines.map(({ add }) => add.replaceAll('@', () => name))
  })
  return startInside(sys, initPid, neighbours)
}

/** For letGo: its traffic counts as of another init from then on. */
export function joinRestored(sys: Sys, spec: NetworkSpec, initPid: number): Restored {
  const counts = spec.namespaces.includes('network') ? trafficText(sys, spec, initPid) : ''
  return { counts, startConnected: () => startKnowing(sys, spec) }
}

/**
 * What was sent to its addresses meanwhile waits on the host for whoever has them to answer who they are, until that is known; and
 * nothing asks at once. A routed VE's hardware address is the host's choice; should its root have taken another, the host asks again.
 */
function startKnowing(sys: Sys, { veid, namespaces, interfaces }: NetworkSpec): { wait(): unknown } {
  if (!namespaces.includes('network')) return { wait: () => {} }
  const lines = interfaces.flatMap(({ kind, index, addresses }) =>
    kind === 'routed'
      ? addresses.map(
          (address) =>
            `neigh replace ${address} lladdr ${routedMac(veid, index)} dev ${hostEnd(veid, index)} nud stale\n`,
        )
      : [],
  )
  if (lines.length === 0) return { wait: () => {} }
  return sys.start(['ip', '-force', '-batch', '-'], { stdin: lines.join('') })
}
