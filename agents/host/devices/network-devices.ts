/**
 * Network devices of the host that are a VE's own while it runs. Its network namespace is held open for as long as it has one,
 * so that they come back, under their own names, whatever became of the VE. Call these while holding the VE's lock.
 */
import { Problem } from '../../../lib/contract/problem.ts'
import type { VeNetworkDevice } from '../../../lib/contract/ve-devices.ts'
import type { VeSpec } from '../../../lib/contract/ve-spec.ts'
import { equipmentPaths } from '../equipment-paths.ts'
import type { Revert } from '../revert.ts'
import { readJson, replaceFile } from '../sys/files.ts'
import { isMountPoint } from '../sys/mounts.ts'
import { mustRun } from '../sys/run.ts'
import type { Sys } from '../sys/sys.ts'
import { findSpec, storedVeids } from '../ve-store.ts'
import { holdOfLink, hostLinks } from './host-links.ts'
import { identityOnHost, isTellable } from './link-identity.ts'
import { linksIn, type Moved, takeBack } from './take-back.ts'

export type NetworkDeviceSpec = Pick<VeSpec, 'veid' | 'namespaces' | 'networkDevices'>

const recordPath = (veid: number) => `${equipmentPaths(veid).home}/network-devices.json`

function readRecord(sys: Sys, veid: number): Moved[] {
  return readJson<Moved[]>(sys, recordPath(veid)) ?? []
}

function refusal(index: number, text: string, code: 'invalid-input' | 'device-in-use'): Problem {
  return new Problem(code, text, { fields: { [`spec.networkDevices.${index}.device`]: text } })
}

function ownerOf(sys: Sys, device: string, veid: number): number | undefined {
  return storedVeids(sys).find(
    (other) =>
      other !== veid && (findSpec(sys, other)?.networkDevices ?? []).some((each) => each.device === device),
  )
}

/** Throws `invalid-input` and `device-in-use` for those of `wanted` that the host cannot give. */
function refuseUnfit(sys: Sys, spec: NetworkDeviceSpec, wanted: readonly VeNetworkDevice[]): void {
  if (wanted.length === 0) return
  const links = hostLinks(sys)
  for (const { device } of wanted) {
    const index = spec.networkDevices.findIndex((each) => each.device === device)
    if (!spec.namespaces.includes('network')) {
      throw refusal(index, 'It takes a network of the VE’s own to have a network device.', 'invalid-input')
    }
    const owner = ownerOf(sys, device, spec.veid)
    if (owner !== undefined) throw refusal(index, `${device} is granted to VE ${owner}.`, 'device-in-use')
    const link = links.find(({ ifname }) => ifname === device)
    if (link === undefined)
      throw refusal(index, `There is no network device ${device} on this host.`, 'invalid-input')
    const use = holdOfLink(sys, link)
    if (use !== null) throw refusal(index, `${device} is in use: ${use}.`, 'device-in-use')
    if (!isTellable(identityOnHost(link, links))) {
      const text = `${device} is made of software alone: a VE could give another back in its place.`
      throw refusal(index, text, 'invalid-input')
    }
  }
}

function holdNamespace(sys: Sys, veid: number, initPid: number): void {
  const { network } = equipmentPaths(veid)
  if (isMountPoint(sys, network)) return
  sys.write(network, '')
  mustRun(sys, ['mount', '--bind', `/proc/${initPid}/ns/net`, network])
}

/** Down first: its routes and neighbours are the host's. The record is written before, so that one killed in between finds it. */
function give(sys: Sys, veid: number, initPid: number, { device, ifname }: VeNetworkDevice): void {
  holdNamespace(sys, veid, initPid)
  const links = hostLinks(sys)
  const link = links.find((each) => each.ifname === device)
  if (link === undefined)
    throw new Problem('command-failed', `There is no network device ${device} any more.`)
  const moved = { device, ifname, ...identityOnHost(link, links), mac: link.address ?? '' }
  const others = readRecord(sys, veid).filter((each) => each.device !== device)
  const record = (ifindex: number) =>
    replaceFile(sys, recordPath(veid), JSON.stringify([...others, { ...moved, ifindex }]))
  record(0)
  mustRun(sys, ['ip', 'link', 'set', 'dev', device, 'down'])
  mustRun(sys, ['ip', 'link', 'set', 'dev', device, 'netns', String(initPid), 'name', ifname])
  record(linksIn(sys, equipmentPaths(veid).network).find((each) => each.ifname === ifname)?.ifindex ?? 0)
}

function forget(sys: Sys, veid: number, device: string): void {
  const rest = readRecord(sys, veid).filter((each) => each.device !== device)
  replaceFile(sys, recordPath(veid), JSON.stringify(rest))
}

/** One that was pulled out of the host is nowhere. */
const isPulledOut = (sys: Sys, { parent }: Moved) =>
  parent !== null && sys.stat(`/sys/bus/${parent.replace('/', '/devices/')}`) === null

/** Of a running VE, whose root may have moved it on. Throws `ve-state-forbids`: it is the VE's yet. */
function revoke(sys: Sys, veid: number, moved: Moved): void {
  if (!takeBack(sys, veid, moved) && !isPulledOut(sys, moved)) {
    const text =
      `VE ${veid} has moved ${moved.device} where it is not found, or has put another in its place. It stays granted. ` +
      'Stop or restart the VE, then take it away.'
    throw new Problem('ve-state-forbids', text)
  }
  forget(sys, veid, moved.device)
}

/** To a VE that has been made and does not run yet. Throws `invalid-input`, `device-in-use`, `command-failed`. */
export function attachNetworkDevices(sys: Sys, spec: NetworkDeviceSpec, initPid: number): void {
  refuseUnfit(sys, spec, spec.networkDevices)
  for (const each of spec.networkDevices) give(sys, spec.veid, initPid, each)
}

const same = (a: VeNetworkDevice, b: VeNetworkDevice) => a.device === b.device && a.ifname === b.ifname

function change(sys: Sys, to: NetworkDeviceSpec, initPid: number): void {
  const has = readRecord(sys, to.veid)
  for (const moved of has) {
    if (!to.networkDevices.some((each) => same(each, moved))) revoke(sys, to.veid, moved)
  }
  const kept = readRecord(sys, to.veid)
  for (const each of to.networkDevices) {
    if (!kept.some((moved) => same(each, moved))) give(sys, to.veid, initPid, each)
  }
}

/** Of a running VE. Throws as attachNetworkDevices does, before the first change. */
export function convergeNetworkDevices(
  sys: Sys,
  from: NetworkDeviceSpec,
  to: NetworkDeviceSpec,
  initPid: number,
  revert: Revert,
): void {
  if (JSON.stringify(from.networkDevices) === JSON.stringify(to.networkDevices)) return
  const has = readRecord(sys, to.veid)
  refuseUnfit(
    sys,
    to,
    to.networkDevices.filter(({ device }) => !has.some((moved) => moved.device === device)),
  )
  revert.push('network devices', () => change(sys, from, initPid))
  change(sys, to, initPid)
}

/**
 * Gives all of them back to the host, once nothing of the VE runs: a real one that its root moved on comes back by itself when
 * the namespace that it is in ends. Harmless when there is none. Goes on when one fails, and throws that in the end.
 */
export function returnNetworkDevices(sys: Sys, veid: number): void {
  const failures: unknown[] = []
  for (const moved of readRecord(sys, veid)) {
    try {
      takeBack(sys, veid, moved)
      forget(sys, veid, moved.device)
    } catch (error) {
      failures.push(error)
    }
  }
  if (failures.length > 0) throw failures[0]
}
