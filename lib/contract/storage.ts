/** Storage drivers: names and what each can do. The host reports which of them work there. */
import type { Capability } from './capabilities.ts'

export const STORAGE_DRIVERS = ['image', 'project', 'btrfs'] as const
export type StorageDriver = (typeof STORAGE_DRIVERS)[number]

type StorageRecord = {
  label: string
  capability: Capability
  /** Whether space can be given while the VE runs, and taken. */
  growsAtRunTime: boolean
  shrinks: 'at-run-time' | 'when-stopped'
  /** "by-kernel": at run time where the host can ('disk-inodes', 'disk-soft-limits'), else no more than its file system was made with. */
  limitsInodes: 'at-run-time' | 'by-kernel' | 'no'
  softLimits: 'at-run-time' | 'by-kernel' | 'no'
  /** Whether each VE has a grace period of its own, or one is shared by all that are on the host's file system. */
  grace: 'own' | 'shared' | 'none'
  /** Whether a VE may go without a user namespace: its users could step out of a project, since they are the host's. */
  needsOwnUsers: boolean
}

export const STORAGE: Record<StorageDriver, StorageRecord> = {
  /** An ext4 image per VE, reflinked from the template cache: Virtuozzo's ploop on mainline. */
  image: {
    label: 'Image',
    capability: 'storage-image',
    growsAtRunTime: true,
    shrinks: 'when-stopped',
    limitsInodes: 'by-kernel',
    softLimits: 'by-kernel',
    grace: 'own',
    needsOwnUsers: false,
  },
  /** A directory of the host's XFS or ext4, with a project quota: OpenVZ's simfs and vzquota on mainline. */
  project: {
    label: 'Project quota',
    capability: 'storage-project',
    growsAtRunTime: true,
    shrinks: 'at-run-time',
    limitsInodes: 'at-run-time',
    softLimits: 'at-run-time',
    grace: 'shared',
    needsOwnUsers: true,
  },
  /** A subvolume of the host's btrfs, with a limit on its quota group. */
  btrfs: {
    label: 'Btrfs',
    capability: 'storage-btrfs',
    growsAtRunTime: true,
    shrinks: 'at-run-time',
    limitsInodes: 'no',
    softLimits: 'no',
    grace: 'none',
    needsOwnUsers: false,
  },
}
