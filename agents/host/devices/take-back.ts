/** The way of a network device back to the host, whose VE may have put another in its place. */
import type { VeNetworkDevice } from '../../../lib/contract/ve-devices.ts'
import { equipmentPaths } from '../equipment-paths.ts'
import { linkWord, parseIpJson } from '../sys/ip-json.ts'
import { isMountPoint } from '../sys/mounts.ts'
import { mustRun } from '../sys/run.ts'
import type { Sys } from '../sys/sys.ts'
import { type DetailedLink, isSameLink, type LinkIdentity } from './link-identity.ts'

/** What was moved: the VE may change name and hardware address, not the index. It is 0 until the move is done. */
export type Moved = VeNetworkDevice & LinkIdentity & { ifindex: number; mac: string }

/** A network namespace is named by a file that holds it open. */
function inNamespace(file: string, ...argv: string[]): string[] {
  return ['nsenter', `--net=${file}`, ...argv]
}

export function linksIn(sys: Sys, file: string): DetailedLink[] {
  const argv = inNamespace(file, 'ip', '-details', '-json', 'link')
  return parseIpJson<DetailedLink>(mustRun(sys, argv).stdout)
}

/** The number by which a network namespace knows the host's, once a link leads there. */
function hostIdIn(sys: Sys, file: string): number | null {
  const lsns = ['lsns', '--type=net', `--task=${sys.pid}`, '--noheadings', '--output=NETNSID']
  const said = sys.run(inNamespace(file, ...lsns)).stdout.trim()
  return /^\d+$/.test(said) ? Number(said) : null
}

function findIn(
  sys: Sys,
  file: string,
  moved: Moved,
  isNear: (link: DetailedLink) => boolean,
): string | null {
  const near = linksIn(sys, file).filter((link) => link.link_type !== 'loopback' && isNear(link))
  const hostId = near.length === 0 ? null : hostIdIn(sys, file)
  const found = near.find((link) => isSameLink(link, moved, hostId))
  return found === undefined ? null : linkWord(found)
}

function move(sys: Sys, from: string, name: string, to: string, newName: string): void {
  mustRun(sys, inNamespace(from, 'ip', 'link', 'set', 'dev', name, 'netns', to, 'name', newName))
}

function openGate(sys: Sys, gate: string): void {
  if (isMountPoint(sys, gate)) return
  sys.write(gate, '')
  mustRun(sys, ['unshare', `--net=${gate}`, 'true'])
}

/** What is in it ends with it, but for real devices. */
function closeGate(sys: Sys, gate: string): void {
  mustRun(sys, ['umount', gate])
  sys.remove(gate)
}

/**
 * Into a network namespace between, where the VE's root cannot reach it and the host does not look at it; from there to the host
 * when it is the one that was given. False when that was not found.
 */
export function takeBack(sys: Sys, veid: number, moved: Moved): boolean {
  const { network, gate } = equipmentPaths(veid)
  const isInside = (link: DetailedLink) =>
    moved.ifindex === 0 ? link.ifname === moved.ifname : link.ifindex === moved.ifindex
  openGate(sys, gate)
  // An agent that was killed may have left it there.
  if (findIn(sys, gate, moved, () => true) === null) {
    const inside = findIn(sys, network, moved, isInside)
    if (inside !== null) move(sys, network, inside, gate, moved.device)
  }
  const back = findIn(sys, gate, moved, () => true)
  if (back !== null) move(sys, gate, back, String(sys.pid), moved.device)
  closeGate(sys, gate)
  if (back !== null) restoreAddress(sys, moved)
  return back !== null
}

function restoreAddress(sys: Sys, { device, mac }: Moved): void {
  const now = (sys.read(`/sys/class/net/${device}/address`) ?? '').trim()
  if (now !== mac && mac !== '') mustRun(sys, ['ip', 'link', 'set', 'dev', device, 'address', mac])
}
