/** Devices of the host that a VE is granted, as its spec has them. Call these while holding the VE's lock. */
import type { VeDevice } from '../../../lib/contract/ve-devices.ts'
import type { VeSpec } from '../../../lib/contract/ve-spec.ts'
import type { DeviceRule } from '../resources/devices.ts'
import type { Revert } from '../revert.ts'
import type { Sys } from '../sys/sys.ts'
import { changeAccess } from './device-access.ts'
import { endHolders } from './device-holders.ts'
import { grantedNumbers, linkInside, makeNode, nodePath, removeNode, unlinkInside } from './device-nodes.ts'
import { type ResolvedDevice, resolveDevices } from './resolve.ts'

export type DeviceSpec = Pick<VeSpec, 'veid' | 'idBase' | 'namespaces' | 'features' | 'devices'>

/** As they were granted: a name such as /dev/sdb may lead to another disk by now. */
function granted(sys: Sys, veid: number, devices: readonly VeDevice[]): ResolvedDevice[] {
  return devices.flatMap((device) => {
    const numbers = grantedNumbers(sys, veid, device.path)
    return numbers === null ? [] : [{ ...device, ...numbers }]
  })
}

function grant(
  sys: Sys,
  spec: DeviceSpec,
  before: readonly DeviceRule[],
  now: ResolvedDevice[],
  initPid: number,
): void {
  for (const device of now) makeNode(sys, spec, device)
  changeAccess(sys, spec, { before, now })
  for (const { path } of now) linkInside(sys, spec, initPid, path)
}

/** To a VE that has been made and does not run yet. Throws `invalid-input`, `device-in-use`, `command-failed`. */
export function attachDevices(sys: Sys, spec: DeviceSpec, initPid: number): void {
  if (spec.devices.length === 0) return
  grant(sys, spec, [], resolveDevices(sys, spec), initPid)
}

/**
 * Of a running VE. Revoked ones cannot be opened any more, then their nodes go, then whoever has one open is ended. Throws as
 * attachDevices does, before the first change.
 */
export function convergeDevices(
  sys: Sys,
  from: DeviceSpec,
  to: DeviceSpec,
  initPid: number,
  revert: Revert,
): void {
  if (JSON.stringify(from.devices) === JSON.stringify(to.devices)) return
  const wanted = resolveDevices(sys, to, from.devices)
  const held = granted(sys, to.veid, from.devices)
  revert.push('devices', () => change(sys, to, from, held, initPid))
  change(sys, from, to, wanted, initPid)
}

function change(sys: Sys, from: DeviceSpec, to: DeviceSpec, wanted: ResolvedDevice[], initPid: number): void {
  const added = to.devices.filter(({ path }) => !from.devices.some((each) => each.path === path))
  const before = granted(sys, to.veid, [...from.devices, ...added])
  grant(sys, to, before, wanted, initPid)
  for (const { path } of before) {
    if (to.devices.some((each) => each.path === path)) continue
    endHolders(sys, to.veid, nodePath(to.veid, path))
    unlinkInside(sys, to, initPid, path)
    removeNode(sys, to.veid, path)
  }
}
