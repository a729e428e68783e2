import type { Capability } from '../../../lib/contract/capabilities.ts'
import type { Probe } from '../facts/probe.ts'
import { probeBtrfs } from './btrfs-probe.ts'
import { probeImageQuota, probeImageSoftLimits } from './image-quota.ts'
import { probeProject } from './project-probe.ts'

/** The last two are those of images: the other drivers always have such limits, or never. */
export const STORAGE_PROBES = {
  'storage-project': probeProject,
  'storage-btrfs': probeBtrfs,
  'disk-inodes': probeImageQuota,
  'disk-soft-limits': probeImageSoftLimits,
} as const satisfies Partial<Record<Capability, Probe>>
