/** Devices of the host that a VE is granted, as its spec has them. Call these while holding the VE's lock. */
import type { VeDevice } from '../../../lib/contract/ve-devices.ts'
import type { VeSpec } from '../../../lib/contract/ve-spec.ts'
import type { DeviceRule } from '../resources/devices.ts'
import type { Revert } from '../revert.ts'
import type { Sys } from '../sys/sys.ts'
import { changeAccess } from './device-access.ts'
import { grantedPaths } from './device-file-system.ts'
import { grantedNumbers, linkInside, makeNode, unlinkInside } from './device-nodes.ts'
import { sameNumbers } from './device-numbers.ts'
import { type ResolvedDevice, resolveDevices } from './resolve.ts'
import { refuseHeld, revokeNodes } from './revoke.ts'

export type DeviceSpec = Pick<VeSpec, 'veid' | 'idBase' | 'namespaces' | 'features' | 'devices'>

/**
 * All nodes that are there, as they were granted: a name such as /dev/sdb may lead to another disk by now. One that the spec
 * does not have was left by an agent that was killed.
 */
function granted(sys: Sys, { veid, devices }: DeviceSpec): ResolvedDevice[] {
  return grantedPaths(sys, veid).flatMap((path) => {
    const numbers = grantedNumbers(sys, veid, path)
    const device: VeDevice = devices.find((each) => each.path === path) ?? { path, access: 'rwm' }
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

/** One that may be read or written no more is taken away and given anew: what is open stays as it was opened. */
function keeps(has: ResolvedDevice, wants: ResolvedDevice): boolean {
  const loses = ['r', 'w'].some((letter) => has.access.includes(letter) && !wants.access.includes(letter))
  return has.path === wants.path && sameNumbers(has, wants) && !loses
}

type Running = { spec: DeviceSpec; initPid: number }

/** Leaves those of `has` that are in `wanted`, which it gives, with the access that they had. Throws as revokeNodes does. */
function takeAway(
  sys: Sys,
  { spec, initPid }: Running,
  has: readonly ResolvedDevice[],
  wanted: readonly ResolvedDevice[],
): ResolvedDevice[] {
  const kept = has.filter((each) => wanted.some((wants) => keeps(each, wants)))
  const lost = has.filter((each) => !kept.includes(each))
  if (lost.length === 0) return kept
  changeAccess(sys, spec, { before: lost, now: kept })
  revokeNodes(sys, spec.veid, lost)
  for (const { path } of lost) {
    if (!wanted.some((each) => each.path === path)) unlinkInside(sys, spec, initPid, path)
  }
  return kept
}

/**
 * Of a running VE. Revoked ones cannot be opened any more, then whoever has one open is ended, then their nodes go. Throws as
 * attachDevices does, before the first change, and `ve-state-forbids` when a revoked one is held beyond our reach.
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
  const has = granted(sys, from)
  const held = has.filter(({ path }) => from.devices.some((each) => each.path === path))
  const gone = from.devices.map(({ path }) => path).filter((path) => !held.some((each) => each.path === path))
  refuseHeld(sys, to.veid, gone)
  const running = { spec: to, initPid }
  revert.push('devices taken away', () => grant(sys, from, held, held, initPid))
  const kept = takeAway(sys, running, has, wanted)
  const change = wanted.filter(
    ({ path, access }) => !kept.some((each) => each.path === path && each.access === access),
  )
  if (change.length === 0) return
  revert.push('devices granted', () => takeAway(sys, running, wanted, kept))
  const before = kept.filter(({ path }) => change.some((each) => each.path === path))
  grant(sys, to, before, wanted, initPid)
}
