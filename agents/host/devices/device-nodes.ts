/** The nodes of granted devices, in the host's directory that a VE sees as /dev/corral. */
import type { VeSpec } from '../../../lib/contract/ve-spec.ts'
import { DEVICES_INSIDE, equipmentPaths } from '../equipment-paths.ts'
import { runInside } from '../run-inside.ts'
import { ensureDirectory } from '../sys/files.ts'
import { mustRun } from '../sys/run.ts'
import type { Sys } from '../sys/sys.ts'
import { type DeviceNumbers, deviceAt, sameNumbers } from './device-numbers.ts'
import type { ResolvedDevice } from './resolve.ts'

type Ve = Pick<VeSpec, 'veid' | 'idBase' | 'namespaces'>

const below = (path: string) => path.slice('/dev/'.length)

export function nodePath(veid: number, path: string): string {
  return `${equipmentPaths(veid).devices}/${below(path)}`
}

/** The numbers that a device was granted under, whatever its path leads to by now; null when it was not. */
export function grantedNumbers(sys: Sys, veid: number, path: string): DeviceNumbers | null {
  if (sys.stat(nodePath(veid, path)) === null) return null
  const found = deviceAt(sys, nodePath(veid, path))
  return found === 'other' ? null : found
}

/** The VE's root owns it, so that it may hand it on to its users. */
export function makeNode(sys: Sys, { veid, idBase, namespaces }: Ve, device: ResolvedDevice): void {
  const node = nodePath(veid, device.path)
  const there = grantedNumbers(sys, veid, device.path)
  if (there !== null && sameNumbers(there, device)) return
  sys.remove(node)
  ensureDirectory(sys, node.slice(0, node.lastIndexOf('/')), 0o755)
  mustRun(sys, ['mknod', '-m', '660', node, device.type, String(device.major), String(device.minor)])
  if (namespaces.includes('user')) mustRun(sys, ['chown', `${idBase}:${idBase}`, node])
}

export function removeNode(sys: Sys, veid: number, path: string): void {
  sys.remove(nodePath(veid, path))
}

/** Under its own path it is a link, which the VE's root may have done away with: what counts is the node. */
export function linkInside(sys: Sys, ve: Ve, initPid: number, path: string): void {
  runInside(sys, ve, initPid, 'link', [path, `${DEVICES_INSIDE}/${below(path)}`])
}

export function unlinkInside(sys: Sys, ve: Ve, initPid: number, path: string): void {
  runInside(sys, ve, initPid, 'unlink', [path, `${DEVICES_INSIDE}/${below(path)}`])
}
