/**
 * Which devices a VE may open. It has nodes for these only, and can make none; the kernel is told all the same.
 *
 * v2: by crun, as a BPF program. crun adds the ordinary ones, net/tun and "make any node" itself: there the user namespace, and the
 * lack of CAP_MKNOD in VEs without one, keep a VE from making nodes. v1: by us, since the kernel refuses "make any node" on a host
 * that is itself barred from some device.
 */
import type { VeFeatures } from '../../../lib/contract/ve-features.ts'
import type { Sys } from '../sys/sys.ts'

/** A line of the device cgroup's lists: type, numbers, access. */
export type DeviceRule = { type: 'b' | 'c'; major: number; minor: number; access: string }

/** null, zero, full, random, urandom, tty, console, ptmx, the pseudo-terminals. */
const ORDINARY = [
  'c 1:3 rwm',
  'c 1:5 rwm',
  'c 1:7 rwm',
  'c 1:8 rwm',
  'c 1:9 rwm',
  'c 5:0 rwm',
  'c 5:1 rwm',
  'c 5:2 rwm',
  'c 136:* rwm',
]

/** Numbers fixed by the kernel (Documentation/admin-guide/devices.txt). */
const OF_FEATURE = {
  fuse: { path: '/dev/fuse', minor: 229 },
  tun: { path: '/dev/net/tun', minor: 200 },
} as const
const MISC_MAJOR = 10

type Features = Pick<VeFeatures, keyof typeof OF_FEATURE>

function ofFeatures(features: Features): { path: string; minor: number }[] {
  return (['fuse', 'tun'] as const).filter((name) => features[name]).map((name) => OF_FEATURE[name])
}

function featureRules(features: Features): DeviceRule[] {
  return ofFeatures(features).map(({ minor }) => ({ type: 'c', major: MISC_MAJOR, minor, access: 'rwm' }))
}

/** OCI's linux.devices: nodes beside the ordinary ones. In a user namespace crun binds the host's. */
export function ociDeviceNodes(features: Features): Record<string, unknown>[] {
  return ofFeatures(features).map(({ path, minor }) => ({
    ...{ path, type: 'c', major: MISC_MAJOR, minor },
    ...{ fileMode: 0o666, uid: 0, gid: 0 },
  }))
}

/** OCI's linux.resources.devices; in v1 left out, which keeps crun from writing any. */
export function ociDevices(
  version: 1 | 2,
  features: Features,
  granted: readonly DeviceRule[] = [],
): Record<string, unknown> {
  if (version === 1) return {}
  const allowed = [...featureRules(features), ...granted].map((rule) => ({ allow: true, ...rule }))
  return { devices: [{ allow: false, access: 'rwm' }, ...allowed] }
}

/** As the files of the v1 device cgroup take it. */
export function ruleLine({ type, major, minor, access }: DeviceRule): string {
  return `${type} ${major}:${minor} ${access}`
}

/** For a v1 group that holds the VE's waiting init. */
export function restrictDevicesV1(sys: Sys, cgroup: string, features: Features): void {
  const folder = `/sys/fs/cgroup/devices${cgroup}`
  if (sys.stat(folder) === null) return
  sys.write(`${folder}/devices.deny`, 'a')
  for (const line of [...ORDINARY, ...featureRules(features).map(ruleLine)]) {
    sys.write(`${folder}/devices.allow`, line)
  }
}
