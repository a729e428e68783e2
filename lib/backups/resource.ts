/** Backups of VEs, where they are kept and when they are taken, as pages show them and the API returns them. Browser-safe. */
import * as z from 'zod/mini'
import { STOP_SECONDS_MOST } from '../contract/agent-constants.ts'
import { storePath } from '../contract/backups.ts'
import { name } from '../contract/names.ts'
import { problemJson } from '../contract/problem.ts'
import { reference, time } from '../contract/resource.ts'

export const BACKUP_STATES = ['creating', 'ready', 'deleting', 'failed'] as const
export type BackupState = (typeof BACKUP_STATES)[number]
export const STORE_STATES = ['checking', 'ready', 'failed'] as const
export type StoreState = (typeof STORE_STATES)[number]
export const RHYTHMS = ['day', 'week'] as const
export type Rhythm = (typeof RHYTHMS)[number]

export const PER_VE_MOST = 100
export const PER_VE_DEFAULT = 8

export const backupStoreResource = z.object({
  id: z.uuid(),
  name: z.string(),
  host: reference,
  /** The directory; told to the provider's people alone. */
  path: z.nullable(z.string()),
  state: z.enum(STORE_STATES),
  problem: z.nullable(problemJson),
  freeBytes: z.nullable(z.int()),
  totalBytes: z.nullable(z.int()),
  seenAt: z.nullable(time),
  perVeMost: z.int(),
  bytesMost: z.nullable(z.int()),
  backups: z.int(),
  createdAt: time,
})
export type BackupStoreResource = z.infer<typeof backupStoreResource>

export const backupStoreCreateInput = z.object({
  name,
  hostId: z.uuid('Choose a host.'),
  /** Empty or absent on the host, and nobody’s but root’s to write to. */
  path: storePath,
  perVeMost: z.optional(
    z.int('A whole number.').check(z.gte(1, 'At least 1.'), z.lte(PER_VE_MOST, `At most ${PER_VE_MOST}.`)),
  ),
  /** Of all backups of one account; null: no limit. */
  bytesMost: z.optional(z.nullable(z.int('A whole number.').check(z.gte(1, 'At least 1.')))),
})
export type BackupStoreCreateInput = z.infer<typeof backupStoreCreateInput>

export const backupResource = z.object({
  id: z.uuid(),
  /** With the name that it has now, or had last. */
  ve: reference,
  /** The VE is destroyed: it can be made again from this. */
  destroyed: z.boolean(),
  store: reference,
  host: reference,
  state: z.enum(BACKUP_STATES),
  /** Why it could not be taken, verified or deleted. */
  problem: z.nullable(problemJson),
  /** What it takes in the store; what its disk takes unpacked. */
  bytes: z.nullable(z.int()),
  diskBytes: z.nullable(z.int()),
  /** SHA-256 of its manifest. */
  digest: z.nullable(z.string()),
  /** As the VE was then. */
  hostname: z.string(),
  addresses: z.array(z.string()),
  scheduled: z.boolean(),
  takenAt: z.nullable(time),
  verifiedAt: z.nullable(time),
  /** When the VE was brought back to it last. */
  restoredAt: z.nullable(time),
  createdAt: time,
  createdBy: z.string(),
})
export type BackupResource = z.infer<typeof backupResource>

/** Without a store, the first one by name on the VE’s host. */
export const backupCreateInput = z.object({ storeId: z.optional(z.uuid('Choose a store.')) })
export type BackupCreateInput = z.infer<typeof backupCreateInput>

const start = z.optional(z.boolean())

export const backupRestoreInput = z.object({
  /** Whether it runs afterwards. Without it, as it does now. */
  start,
  /** How long the init of a running VE may take to halt before it is killed; 0 kills at once. Default 60. */
  timeoutSeconds: z.optional(
    z
      .int('A whole number.')
      .check(z.gte(0, 'At least 0.'), z.lte(STOP_SECONDS_MOST, `At most ${STOP_SECONDS_MOST}.`)),
  ),
})
export type BackupRestoreInput = z.infer<typeof backupRestoreInput>

/** As another VE: with the settings of then, and a number and addresses that are free. */
export const backupRecoverInput = z.object({ name: z.optional(name), start })
export type BackupRecoverInput = z.infer<typeof backupRecoverInput>

const KEEP_MOST = PER_VE_MOST - 1

export const backupScheduleInput = z.object({
  every: z.enum(RHYTHMS),
  /** In UTC. */
  hour: z.int('A whole number.').check(z.gte(0, 'At least 0.'), z.lte(23, 'At most 23.')),
  /** 0 is Sunday; of a weekly one. */
  weekday: z.optional(z.int('A whole number.').check(z.gte(0, 'At least 0.'), z.lte(6, 'At most 6.'))),
  /** How many of those that it has taken stay; others are never removed by it. */
  keep: z.int('A whole number.').check(z.gte(1, 'At least 1.'), z.lte(KEEP_MOST, `At most ${KEEP_MOST}.`)),
})
export type BackupScheduleInput = z.infer<typeof backupScheduleInput>

export const backupScheduleResource = z.object({
  every: z.enum(RHYTHMS),
  hour: z.int(),
  weekday: z.nullable(z.int()),
  keep: z.int(),
  nextAt: time,
  /** Why the last one was not asked for. */
  problem: z.nullable(problemJson),
})
export type BackupScheduleResource = z.infer<typeof backupScheduleResource>
