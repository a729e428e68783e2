/** What the host can give a VE beside the ordinary. */
import type { Capability } from '../../../lib/contract/capabilities.ts'
import { appArmorReason } from '../runtime/apparmor.ts'
import { lxcfsReason } from '../runtime/lxcfs.ts'
import type { Sys } from '../sys/sys.ts'
import { type Probe, type Reason, toolsReason, works } from './probe.ts'

function fuse(sys: Sys): Reason {
  return sys.stat('/dev/fuse') === null ? 'There is no /dev/fuse: the kernel has no FUSE.' : null
}

function tun(sys: Sys): Reason {
  if (sys.stat('/dev/net/tun') === null) return 'There is no /dev/net/tun: the kernel has no TUN/TAP.'
  const argv = ['unshare', '--net', 'ip', 'tuntap', 'add', 'dev', 'tun0', 'mode', 'tun']
  return works(sys, argv, 'No TUN device can be made')
}

/** In the kernel, or a module that mount.nfs(8) has loaded. */
function nfs(sys: Sys): Reason {
  const missing = toolsReason(sys, ['mount.nfs'])
  if (missing !== null || /\tnfs4?$/m.test(sys.read('/proc/filesystems') ?? '')) return missing
  const loadable = sys.run(['modprobe', '--dry-run', '--quiet', 'nfs']).code === 0
  return loadable ? null : 'The kernel has no NFS client.'
}

export const EQUIPMENT_PROBES = {
  fuse,
  tun,
  nfs,
  lxcfs: (sys) => toolsReason(sys, ['lxcfs']) ?? lxcfsReason(sys),
  'time-namespace': (sys) =>
    works(sys, ['unshare', '--time', 'true'], 'The kernel has no time namespaces, or unshare is too old'),
  apparmor: appArmorReason,
} as const satisfies Partial<Record<Capability, Probe>>
