import { lockAllocation } from '../addresses/allocation-lock.ts'
import type { Viewer } from '../auth/viewer.ts'
import type { CapabilityReport } from '../contract/capabilities.ts'
import type { HostFacts } from '../contract/host-facts.ts'
import type { VeApplication, VeNamespace } from '../contract/ve-application.ts'
import type { VeDevice, VeNetworkDevice } from '../contract/ve-devices.ts'
import type { VeFeatures } from '../contract/ve-features.ts'
import type { Db } from '../db/client.ts'
import type { Ve } from '../db/generated/client.ts'
import type { FirewallSettings } from '../firewall/resource.ts'
import type { VeChange } from './change.ts'
import { refuseLimits } from './limits/refuse-limits.ts'
import {
  lacking,
  type Make,
  needsOf,
  refuseContradictions,
  refuseHostRoot,
  refuseUnprivileged,
  wrong,
} from './privileges.ts'
import { refuseDevices } from './refuse-devices.ts'
import { refuseMoving } from './refuse-moving.ts'

const BY_HOST = ['limits', 'devices', 'networkDevices', 'namespaces', 'features'] as const

/**
 * Judges what a change asks for beyond what is, before anything of it is written or sent. Throws `invalid-input`,
 * `forbidden`, `capability-missing`, `device-in-use`, `host-full`, each with the field; and `conflict` while it is being moved.
 */
export async function refuseChange(on: Db, viewer: Viewer, ve: Ve, change: VeChange): Promise<void> {
  if (BY_HOST.some((part) => change[part] !== undefined)) refuseMoving(ve)
  const make = madeOf(ve, change)
  if (change.namespaces || change.application || change.features) refuseContradictions(make)
  const before = madeOf(ve, {})
  refuseUnprivileged(viewer, make, before)
  if (change.sshKeys || change.hasPassword)
    refuseHostRoot(viewer, 've:configure', { name: ve.name, namespaces: before.namespaces })
  if (change.limits) await refuseLimits(on, viewer, ve, change.limits)
  const host = await readHost(on, ve.hostId)
  const met = needsOf(before).map(({ field }) => field)
  const problem = lacking(
    host,
    needsOf(make).filter(({ field }) => !met.includes(field)),
  )
  if (problem) throw problem
  const interfaces = await on.veInterface.findMany({
    where: { veId: ve.id, removedAt: null },
    select: { ifname: true },
  })
  if (change.namespaces) refuseSharedNetwork(ve, change, make, interfaces.length)
  if (!change.devices && !change.networkDevices) return
  // What two requests grant at once is granted to one.
  await lockAllocation(on)
  const held = devicesOf(ve)
  const wanted = { ...held, ...(change.devices ? { devices: change.devices } : {}) }
  if (change.networkDevices) wanted.networkDevices = change.networkDevices
  const ifnames = interfaces.map(({ ifname }) => ifname)
  await refuseDevices(on, viewer, host, wanted, { veId: ve.id, before: held, ifnames })
}

const devicesOf = (ve: Ve) => ({
  devices: ve.devices as VeDevice[],
  networkDevices: ve.networkDevices as VeNetworkDevice[],
})

function madeOf(ve: Ve, change: VeChange): Make {
  return {
    kind: ve.kind,
    namespaces: change.namespaces ?? (ve.namespaces as VeNamespace[]),
    application: change.application ?? (ve.application as VeApplication | null),
    features: change.features ?? (ve.features as VeFeatures),
  }
}

/** Whoever uses the host's network has none that could have interfaces or a firewall. */
function refuseSharedNetwork(ve: Ve, change: VeChange, { namespaces }: Make, interfaces: number): void {
  if (namespaces.includes('network')) return
  const { networkDevices } = { ...devicesOf(ve), ...change }
  if (interfaces > 0 || (networkDevices ?? []).length > 0)
    throw wrong('namespaces', 'Take its interfaces away first: it would share the network of its host.')
  if ((ve.firewall as FirewallSettings).enabled)
    throw wrong('namespaces', 'Switch its firewall off first: it would share the network of its host.')
}

export async function readHost(on: Db, hostId: string) {
  const { id, name, capabilities, facts } = await on.host.findUniqueOrThrow({
    where: { id: hostId },
    select: { id: true, name: true, capabilities: true, facts: true },
  })
  return {
    id,
    name,
    capabilities: capabilities as CapabilityReport | null,
    facts: facts as HostFacts | null,
  }
}
