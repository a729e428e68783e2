/** What a VE may be given beyond an ordinary one. All off by default; each record says what it costs in safety. */
import * as z from 'zod/mini'
import type { Capability } from './capabilities.ts'
import { hostname, ipAddress } from './names.ts'

type FeatureRecord = { label: string; hint: string; risk: string; needs: Capability | null }

export const VE_FEATURE = {
  nesting: {
    label: 'Nested containers',
    hint: 'Containers inside the VE (crun, podman, LXC): /proc and /sys may be mounted afresh there.',
    risk: 'More of the kernel can be reached from inside: mount, overlay and namespace code.',
    needs: null,
  },
  fuse: {
    label: 'FUSE',
    hint: 'File systems run by programs inside, such as sshfs.',
    risk: 'A file system that hangs can hold up whoever looks at it.',
    needs: 'fuse',
  },
  tun: {
    label: 'TUN/TAP',
    hint: 'Virtual network devices: VPNs inside the VE.',
    risk: 'Lets the VE make links of its own; what leaves the VE is still filtered by the host.',
    needs: 'tun',
  },
} as const satisfies Record<string, FeatureRecord>
export type VeFeature = keyof typeof VE_FEATURE
export const VE_FEATURE_NAMES = Object.keys(VE_FEATURE) as [VeFeature, ...VeFeature[]]

/** They count in the VE's own user namespace only; what is not listed would do nothing there or break the box. */
export const EXTRA_CAPABILITY = {
  CAP_AUDIT_CONTROL: 'Change audit rules: refused by most kernels outside the host.',
  CAP_AUDIT_READ: 'Read the audit log through netlink.',
  CAP_BLOCK_SUSPEND: 'Keep the system awake.',
  CAP_BPF: 'Load BPF programs, where the kernel lets user namespaces do so.',
  CAP_CHECKPOINT_RESTORE: 'Checkpoint programs inside the VE with CRIU.',
  CAP_MAC_ADMIN: 'Load AppArmor profiles into the VE’s own policy namespace.',
  CAP_PERFMON: 'Watch performance counters of own programs.',
  CAP_SYSLOG: 'See kernel addresses in /proc.',
  CAP_WAKE_ALARM: 'Set alarms that wake the system.',
} as const satisfies Record<string, string>
export type ExtraCapability = keyof typeof EXTRA_CAPABILITY
export const EXTRA_CAPABILITIES = Object.keys(EXTRA_CAPABILITY) as [ExtraCapability, ...ExtraCapability[]]

/** An absolute path inside a VE, in plain characters and without "." or "..". */
export const guestPath = z
  .string()
  .check(
    z.maxLength(255, 'At most 255 characters.'),
    z.regex(/^(\/[A-Za-z0-9_+@=-][A-Za-z0-9_.+@=-]*)+$/, 'An absolute path, such as /srv/data.'),
  )

/** The kernel lets no user namespace mount NFS: the host mounts it on the VE's behalf, in the VE's network, and hands it in. */
export const nfsMount = z.object({
  server: z.union([ipAddress, hostname], 'An address or a host name.'),
  export: guestPath,
  path: guestPath,
  readOnly: z.boolean(),
})
export type NfsMount = z.infer<typeof nfsMount>

export const veFeatures = z.object({
  nesting: z.boolean(),
  fuse: z.boolean(),
  tun: z.boolean(),
  capabilities: z.array(z.enum(EXTRA_CAPABILITIES)),
  nfs: z.array(nfsMount).check(z.maxLength(16)),
})
export type VeFeatures = z.infer<typeof veFeatures>

export const NO_FEATURES: VeFeatures = { nesting: false, fuse: false, tun: false, capabilities: [], nfs: [] }
