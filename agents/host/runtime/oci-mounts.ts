import type { VeNamespace } from '../../../lib/contract/ve-application.ts'
import type { VeSpec } from '../../../lib/contract/ve-spec.ts'
import { DEVICES_INSIDE, equipmentPaths, NFS_INSIDE } from '../equipment-paths.ts'
import { hasShim, SHIM_INSIDE, shimPaths } from '../quota/shim-paths.ts'
import { sharedSize, terminalOptions } from './guest-bounds.ts'
import { sharesSys } from './hidden-paths.ts'
import { LXCFS_CPUS, LXCFS_FILES, LXCFS_HOME } from './lxcfs.ts'
import type { HostShape } from './oci-spec.ts'

type OciMount = { destination: string; type: string; source: string; options: string[] }

const INERT = ['nosuid', 'noexec', 'nodev']

const mount = (destination: string, type: string, options: string[]): OciMount => ({
  ...{ destination, type, source: type },
  options,
})
const bind = (destination: string, source: string, options: string[]): OciMount => ({
  ...{ destination, type: 'none', source },
  options,
})

/**
 * Mounting /proc takes a pid namespace that one's own user namespace holds, /sys a network namespace: where the VE has users of
 * its own but shares these, it sees the host's, whose files its ids may not write.
 */
function proc(namespaces: readonly VeNamespace[]): OciMount {
  const shares = namespaces.includes('user') && !namespaces.includes('pid')
  return shares ? bind('/proc', '/proc', ['rbind', ...INERT]) : mount('/proc', 'proc', INERT)
}

function sys(namespaces: readonly VeNamespace[]): OciMount {
  return sharesSys(namespaces)
    ? bind('/sys', '/sys', ['rbind', 'rro', ...INERT])
    : mount('/sys', 'sysfs', [...INERT, 'ro'])
}

/** Delegated to a system's root: systemd needs it. v1 cannot be delegated safely, and sysvinit does without. */
function cgroups({ kind, namespaces }: VeSpec, host: HostShape): OciMount[] {
  if (host.cgroup.version === 1 || sharesSys(namespaces)) return []
  return [mount('/sys/fs/cgroup', 'cgroup', [...INERT, 'relatime', kind === 'system' ? 'rw' : 'ro'])]
}

/** Its own figures in /proc. lxcfs tells the VE by the first process of the reader's pid namespace. */
function figures({ namespaces }: VeSpec, host: HostShape): OciMount[] {
  if (!host.lxcfs || !namespaces.includes('pid')) return []
  return [
    ...LXCFS_FILES.map((name) =>
      bind(`/proc/${name}`, `${LXCFS_HOME}/proc/${name}`, ['bind', 'ro', ...INERT]),
    ),
    bind(`/${LXCFS_CPUS}`, `${LXCFS_HOME}/${LXCFS_CPUS}`, ['bind', 'ro', ...INERT]),
  ]
}

/** Loading profiles into its own policy namespace is done through files there. */
function securityFiles({ features }: VeSpec, host: HostShape): OciMount[] {
  if (!host.apparmor || !features.capabilities.includes('CAP_MAC_ADMIN')) return []
  return [bind('/sys/kernel/security', '/sys/kernel/security', ['rbind', ...INERT])]
}

/** What the host hands in while the VE runs: device nodes, and whatever it mounts below the directory of NFS mounts. */
function equipment(spec: VeSpec): OciMount[] {
  const { veid, namespaces } = spec
  const paths = equipmentPaths(veid)
  return [
    bind(DEVICES_INSIDE, paths.devices, ['bind', 'ro', 'nosuid', 'noexec']),
    ...(namespaces.includes('network') ? [bind(NFS_INSIDE, paths.nfs, ['rbind', 'nosuid', 'nodev'])] : []),
    ...(hasShim(spec) ? [bind(SHIM_INSIDE, shimPaths(veid).folder, ['bind', 'ro', 'nosuid', 'nodev'])] : []),
  ]
}

export function ociMounts(spec: VeSpec, host: HostShape): OciMount[] {
  const half = `size=${Math.floor(spec.limits.memoryBytes / 2)}`
  return [
    proc(spec.namespaces),
    mount('/dev', 'tmpfs', ['nosuid', 'strictatime', 'mode=755', 'size=65536k']),
    mount('/dev/pts', 'devpts', ['nosuid', 'noexec', 'newinstance', ...terminalOptions(spec.limits)]),
    mount('/dev/shm', 'tmpfs', ['nosuid', 'nodev', 'mode=1777', sharedSize(spec.limits)]),
    // A file system of the IPC namespace: the host's cannot be mounted, its queues are there without.
    ...(spec.namespaces.includes('ipc') ? [mount('/dev/mqueue', 'mqueue', INERT)] : []),
    mount('/run', 'tmpfs', ['nosuid', 'nodev', 'mode=755', half]),
    sys(spec.namespaces),
    ...cgroups(spec, host),
    ...figures(spec, host),
    ...securityFiles(spec, host),
    ...equipment(spec),
  ]
}
