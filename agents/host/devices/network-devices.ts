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
import { mustRun } from '../sys/run.ts'
import type { Sys } from '../sys/sys.ts'
import { findSpec, storedVeids } from '../ve-store.ts'
import { holdOfLink, hostLinks } from './host-links.ts'
import type { Link } from './network-device-use.ts'

export type NetworkDeviceSpec = Pick<VeSpec, 'veid' | 'namespaces' | 'networkDevices'>

/** What was moved: the VE may change name and hardware address, not the index. It is 0 until the move is done. */
type Moved = VeNetworkDevice & { ifindex: number; mac: string }

const recordPath = (veid: number) => `${equipmentPaths(veid).home}/network-devices.json`

function readRecord(sys: Sys, veid: number): Moved[] {
  return readJson<Moved[]>(sys, recordPath(veid)) ?? []
}

function inNamespace(veid: number, ...argv: string[]): string[] {
  return ['nsenter', `--net=${equipmentPaths(veid).network}`, ...argv]
}

function linksInside(sys: Sys, veid: number): Link[] {
  return JSON.parse(mustRun(sys, inNamespace(veid, 'ip', '-json', 'link')).stdout || '[]') as Link[]
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
  }
}

function holdNamespace(sys: Sys, veid: number, initPid: number): void {
  const { network } = equipmentPaths(veid)
  if (sys.stat(network) !== null) return
  sys.write(network, '')
  mustRun(sys, ['mount', '--bind', `/proc/${initPid}/ns/net`, network])
}

/** Down first: its routes and neighbours are the host's. The record is written before, so that one killed in between finds it. */
function give(sys: Sys, veid: number, initPid: number, { device, ifname }: VeNetworkDevice): void {
  holdNamespace(sys, veid, initPid)
  const mac = (sys.read(`/sys/class/net/${device}/address`) ?? '').trim()
  const others = readRecord(sys, veid).filter((each) => each.device !== device)
  replaceFile(sys, recordPath(veid), JSON.stringify([...others, { device, ifname, ifindex: 0, mac }]))
  mustRun(sys, ['ip', 'link', 'set', device, 'down'])
  mustRun(sys, ['ip', 'link', 'set', device, 'netns', String(initPid), 'name', ifname])
  const ifindex = linksInside(sys, veid).find((link) => link.ifname === ifname)?.ifindex ?? 0
  replaceFile(sys, recordPath(veid), JSON.stringify([...others, { device, ifname, ifindex, mac }]))
}

/** One that the VE's root moved on comes back by itself when its namespace ends, if it is a real one. */
function takeBack(sys: Sys, veid: number, moved: Moved): void {
  const link = linksInside(sys, veid).find(({ ifindex, ifname }) =>
    moved.ifindex === 0 ? ifname === moved.ifname : ifindex === moved.ifindex,
  )
  if (link !== undefined) {
    mustRun(sys, inNamespace(veid, 'ip', 'link', 'set', link.ifname, 'down'))
    const back = ['netns', String(sys.pid), 'name', moved.device]
    mustRun(sys, inNamespace(veid, 'ip', 'link', 'set', link.ifname, ...back))
    const now = (sys.read(`/sys/class/net/${moved.device}/address`) ?? '').trim()
    if (now !== moved.mac && moved.mac !== '') {
      mustRun(sys, ['ip', 'link', 'set', moved.device, 'address', moved.mac])
    }
  }
  const rest = readRecord(sys, veid).filter((each) => each.device !== moved.device)
  replaceFile(sys, recordPath(veid), JSON.stringify(rest))
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
    if (!to.networkDevices.some((each) => same(each, moved))) takeBack(sys, to.veid, moved)
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

/** Gives all of them back to the host. Harmless when there is none. */
export function returnNetworkDevices(sys: Sys, veid: number): void {
  for (const moved of readRecord(sys, veid)) takeBack(sys, veid, moved)
}
