/** What a host can do, as found by its agent: offered where available, shown with the reason where not. */
import * as z from 'zod/mini'

export const CAPABILITIES = {
  've-run': 'Run VEs',
  'template-build': 'Build templates',
  'storage-image': 'Image storage',
  'storage-project': 'Project quota storage',
  'storage-btrfs': 'Btrfs storage',
  reflink: 'Instant copies (reflink)',
  'id-mapped-mounts': 'Id-mapped mounts',
  'net-routed': 'Routed network',
  'net-bridged': 'Bridged network',
  'net-vlan': 'VLANs on bridges',
  'net-firewall': 'Firewall',
  'net-firewall-bridged': 'Firewall on bridges',
  'net-rate': 'Rate limits',
  fuse: 'FUSE',
  tun: 'TUN/TAP',
  nfs: 'NFS mounts',
  lxcfs: 'Own /proc figures',
  'time-namespace': 'Own clocks',
  checkpoint: 'Checkpoint and restore',
  'dirty-tracking': 'Iterative memory copy',
  'cgroup-memory': 'Memory limits',
  'cgroup-cpu': 'CPU shares and caps',
  'cgroup-pids': 'Process limits',
  'swap-limit': 'Swap limits',
  'memory-throttle': 'Memory throttling',
  'memory-guarantee': 'Memory guarantees',
  'cpu-sets': 'CPU and memory node sets',
  'io-limits': 'I/O limits',
  'io-priority': 'I/O priority',
  'disk-inodes': 'Inode limits at run time',
  'disk-soft-limits': 'Soft disk limits',
  'quota-owners': 'Quota of users and groups',
  apparmor: 'AppArmor',
} as const satisfies Record<string, string>

export type Capability = keyof typeof CAPABILITIES
export const CAPABILITY_NAMES = Object.keys(CAPABILITIES) as [Capability, ...Capability[]]

/** `reason` says why not, in words an admin can act on; where it is available, what else there is to know of it. */
export const capabilityReport = z.record(
  z.enum(CAPABILITY_NAMES),
  z.object({ available: z.boolean(), reason: z.nullable(z.string()) }),
)
export type CapabilityReport = z.infer<typeof capabilityReport>
