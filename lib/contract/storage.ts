/** Storage drivers: names and what each can do. The host reports which of them work there. */

export const STORAGE_DRIVERS = ['image'] as const
export type StorageDriver = (typeof STORAGE_DRIVERS)[number]

type StorageRecord = {
  label: string
  /** Whether space can be changed while the VE runs. */
  growsAtRunTime: boolean
  limitsInodes: 'at-creation' | 'at-run-time' | 'no'
}

export const STORAGE: Record<StorageDriver, StorageRecord> = {
  /** An ext4 image per VE, reflinked from the template cache: Virtuozzo's ploop on mainline. */
  image: { label: 'Image', growsAtRunTime: true, limitsInodes: 'at-creation' },
}
