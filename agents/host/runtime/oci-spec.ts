import { ID_RANGE_SIZE, type VeSpec } from '../../../lib/contract/ve-spec.ts'
import { veCgroup, vePaths } from '../paths.ts'
import { type CgroupShape, ociResources } from '../resources/oci-resources.ts'
import { MASKED_PATHS, READONLY_PATHS, seccompProfile, VE_CAPABILITIES } from './oci-privileges.ts'

/** What the config depends on beside the spec. `machine` is `uname -m`. */
export type HostShape = { machine: string; cgroup: CgroupShape }

const ENVIRONMENT = [
  'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  'TERM=linux',
  'container=corral',
]

/** Pseudo-terminals on the VE's own devpts. No bound on its root, which may mount another: those come out of the kernel's common pool. */
const PTY_MAX = 64

function mounts(spec: VeSpec, cgroup: CgroupShape): Record<string, unknown>[] {
  const shm = `size=${Math.floor(spec.limits.memoryBytes / 2)}`
  const mount = (destination: string, type: string, options: string[]) => ({
    destination,
    type,
    source: type,
    options,
  })
  return [
    mount('/proc', 'proc', ['nosuid', 'noexec', 'nodev']),
    mount('/dev', 'tmpfs', ['nosuid', 'strictatime', 'mode=755', 'size=65536k']),
    mount('/dev/pts', 'devpts', [
      'nosuid',
      'noexec',
      'newinstance',
      'ptmxmode=0666',
      'mode=0620',
      'gid=5',
      `max=${PTY_MAX}`,
    ]),
    mount('/dev/shm', 'tmpfs', ['nosuid', 'nodev', 'mode=1777', shm]),
    mount('/dev/mqueue', 'mqueue', ['nosuid', 'noexec', 'nodev']),
    mount('/run', 'tmpfs', ['nosuid', 'nodev', 'mode=755', shm]),
    mount('/sys', 'sysfs', ['nosuid', 'noexec', 'nodev', 'ro']),
    // Delegated to the VE's root: systemd needs it. v1 cannot be delegated safely, and sysvinit does without.
    ...(cgroup.version === 2
      ? [mount('/sys/fs/cgroup', 'cgroup', ['nosuid', 'noexec', 'nodev', 'relatime', 'rw'])]
      : []),
  ]
}

/** The OCI runtime configuration (config.json) of a VE: pure, so that a destination of a migration makes its own. */
export function ociSpec(spec: VeSpec, host: HostShape): Record<string, unknown> {
  const mapping = [{ containerID: 0, hostID: spec.idBase, size: ID_RANGE_SIZE }]
  const seccomp = seccompProfile(host.machine)
  return {
    ociVersion: '1.0.2',
    process: {
      terminal: false,
      user: { uid: 0, gid: 0 },
      args: ['/sbin/init'],
      env: ENVIRONMENT,
      cwd: '/',
      noNewPrivileges: false,
      oomScoreAdj: 0,
      capabilities: {
        bounding: VE_CAPABILITIES,
        effective: VE_CAPABILITIES,
        permitted: VE_CAPABILITIES,
      },
    },
    root: { path: vePaths(spec.veid).root, readonly: false },
    hostname: spec.hostname,
    mounts: mounts(spec, host.cgroup),
    linux: {
      namespaces: ['pid', 'ipc', 'uts', 'mount', 'network', 'user', 'cgroup'].map((type) => ({ type })),
      uidMappings: mapping,
      gidMappings: mapping,
      cgroupsPath: veCgroup(spec.veid),
      resources: ociResources(spec.limits, host.cgroup),
      maskedPaths: MASKED_PATHS,
      readonlyPaths: READONLY_PATHS,
      ...(seccomp === null ? {} : { seccomp }),
    },
  }
}
