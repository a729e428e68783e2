import type { Capability } from '../../../lib/contract/capabilities.ts'
import type { Probe } from '../facts/probe.ts'
import { probeBtrfs } from './btrfs-probe.ts'
import { probeImageQuota, probeImageSoftLimits } from './image-quota.ts'
import { probeProject } from './project-probe.ts'

/** Both of the drivers that limit more than space can do it where the kernel counts for them. */
export const STORAGE_PROBES = {
  'storage-project': probeProject,
  'storage-btrfs': probeBtrfs,
  'disk-inodes': (sys) => (probeProject(sys) === null ? null : probeImageQuota(sys)),
  // XFS and ext4 count the time alike: what the one does, the other does.
  'disk-soft-limits': (sys) => (probeProject(sys) === null ? null : probeImageSoftLimits(sys)),
} as const satisfies Partial<Record<Capability, Probe>>
