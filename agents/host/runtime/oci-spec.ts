import { ID_RANGE_SIZE, type VeSpec } from '../../../lib/contract/ve-spec.ts'
import { equipmentPaths } from '../equipment-paths.ts'
import { veCgroup, vePaths } from '../paths.ts'
import { ociDeviceNodes, ociDevices } from '../resources/devices.ts'
import { type CgroupShape, ociResources } from '../resources/oci-resources.ts'
import { sharedPages } from './guest-bounds.ts'
import { maskedPaths, readOnlyPaths } from './hidden-paths.ts'
import { nestingHooks } from './nesting.ts'
import { ociMounts } from './oci-mounts.ts'
import { ociProcess } from './oci-process.ts'
import type { Rlimit } from './rlimits.ts'
import { seccompProfile } from './seccomp.ts'

/** What the config depends on beside the spec. */
export type HostShape = {
  /** `uname -m`. */
  machine: string
  cgroup: CgroupShape
  /** Whether lxcfs runs. */
  lxcfs: boolean
  /** Whether the kernel has AppArmor and the VE's profile is loaded. */
  apparmor: boolean
  rlimits: readonly Rlimit[]
  /** Of its processes, when the host runs out of memory. */
  oomScore: number
  pageBytes: number
}

/** That of users was made before, see user-namespace.ts; that of clocks too: crun cannot set clocks once it is in a user namespace. */
function namespaces({ veid, namespaces: own }: VeSpec): { type: string; path?: string }[] {
  const { users, clocks } = equipmentPaths(veid)
  return ['mount' as const, ...own].map((type) => {
    if (type === 'user') return { type, path: users }
    return type === 'time' ? { type, path: clocks } : { type }
  })
}

/** None without a user namespace: its ids are the host's. */
function mappings({ namespaces: own, idBase }: VeSpec): Record<string, unknown> {
  if (!own.includes('user')) return {}
  const mapping = [{ containerID: 0, hostID: idBase, size: ID_RANGE_SIZE }]
  return { uidMappings: mapping, gidMappings: mapping }
}

/** A program that is not root in there may serve on ports below 1024 all the same: the network is its own. */
function sysctl(
  { kind, namespaces: own, limits }: VeSpec,
  { pageBytes }: HostShape,
): Record<string, unknown> {
  const shared = sharedPages(limits, pageBytes)
  const set = {
    ...(kind === 'application' && own.includes('network')
      ? { 'net.ipv4.ip_unprivileged_port_start': '0' }
      : {}),
    ...(own.includes('ipc') && shared !== null ? { 'kernel.shmall': String(shared) } : {}),
  }
  return Object.keys(set).length === 0 ? {} : { sysctl: set }
}

/** The OCI runtime configuration (config.json) of a VE: pure, so that a destination of a migration makes its own. */
export function ociSpec(spec: VeSpec, host: HostShape): Record<string, unknown> {
  const { root } = vePaths(spec.veid)
  const seccomp = seccompProfile(host.machine, spec.features.capabilities)
  return {
    ociVersion: '1.0.2',
    process: ociProcess(spec, host),
    root: { path: root, readonly: false },
    // Without a UTS namespace it would become the host's.
    ...(spec.namespaces.includes('uts') ? { hostname: spec.hostname } : {}),
    mounts: ociMounts(spec, host),
    ...(spec.features.nesting ? { hooks: nestingHooks(root) } : {}),
    linux: {
      namespaces: namespaces(spec),
      ...mappings(spec),
      // So that what the host mounts for the VE comes to be there; nothing goes the other way.
      rootfsPropagation: 'rslave',
      cgroupsPath: veCgroup(spec.veid),
      resources: {
        ...ociDevices(host.cgroup.version, spec.features),
        ...ociResources(spec.limits, host.cgroup),
      },
      devices: ociDeviceNodes(spec.features),
      ...sysctl(spec, host),
      maskedPaths: maskedPaths(spec.namespaces),
      readonlyPaths: readOnlyPaths(spec.namespaces),
      ...(seccomp === null ? {} : { seccomp }),
    },
  }
}
