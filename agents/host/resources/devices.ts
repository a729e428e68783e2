/**
 * Which devices a VE may open. It has nodes for these only, and can make none; the kernel is told all the same.
 *
 * v2: by crun, as a BPF program. v1: by us, since crun adds "make any node" to every list, which the kernel refuses on
 * a host that is itself barred from some device.
 */
import type { Sys } from '../sys/sys.ts'

/** null, zero, full, random, urandom, tty, console, ptmx, the pseudo-terminals, net/tun. */
const ALLOWED = [
  'c 1:3 rwm',
  'c 1:5 rwm',
  'c 1:7 rwm',
  'c 1:8 rwm',
  'c 1:9 rwm',
  'c 5:0 rwm',
  'c 5:1 rwm',
  'c 5:2 rwm',
  'c 136:* rwm',
  'c 10:200 rwm',
]

/** OCI's linux.resources.devices; in v1 left out, which keeps crun from writing any. */
export function ociDevices(version: 1 | 2): Record<string, unknown> {
  return version === 1 ? {} : { devices: [{ allow: false, access: 'rwm' }] }
}

/** For a v1 group that holds the VE's waiting init. */
export function restrictDevicesV1(sys: Sys, cgroup: string): void {
  const folder = `/sys/fs/cgroup/devices${cgroup}`
  if (sys.stat(folder) === null) return
  sys.write(`${folder}/devices.deny`, 'a')
  for (const device of ALLOWED) sys.write(`${folder}/devices.allow`, device)
}
