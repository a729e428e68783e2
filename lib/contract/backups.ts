/**
 * Backups of a VE: its disk and what it was made of, in a directory of a host that the provider named (a store). Each is a folder there
 * that nobody but the host's root reads: a manifest, and the disk, compressed. The panel keeps the digest of the manifest, which holds
 * the digest of the disk: what is in a store is believed by that, and gives no rights.
 */
import * as z from 'zod/mini'
import { STORAGE_DRIVERS } from './storage.ts'
import { veKey } from './ve-key.ts'
import { veSpec } from './ve-spec.ts'

/** An absolute path of plain words, and no shorter than two of them. */
export const storePath = z
  .string()
  .check(
    z.maxLength(200, 'At most 200 characters.'),
    z.regex(
      /^(\/(?!\.\.?(\/|$))[A-Za-z0-9._-]+){2,}$/,
      'An absolute path such as /vz/backup: letters, digits, dots, dashes and underscores between the slashes.',
    ),
  )

/** `id`: written down in it, so that an empty directory, where its file system should be mounted, is not taken for it. */
export const backupPlace = z.object({ id: z.uuid(), path: storePath })
export type BackupPlace = z.infer<typeof backupPlace>

export const backupDigest = z.string().check(z.regex(/^sha256:[0-9a-f]{64}$/))

/** `at`: milliseconds since 1970. `bytes`: what it takes in the store; `diskBytes`: what its disk takes, unpacked. */
export const veBackup = z.object({
  id: z.uuid(),
  at: z.int(),
  bytes: z.int(),
  diskBytes: z.int(),
  /** Of its manifest. */
  digest: backupDigest,
})
export type VeBackup = z.infer<typeof veBackup>

export const BACKUP_COMPRESSIONS = ['zstd', 'gzip'] as const
export type BackupCompression = (typeof BACKUP_COMPRESSIONS)[number]

/** What is written beside the disk. Of that: `bytes` and `digest` are of the file, `sizeBytes` of what is in it, `usedBytes` what that takes without its holes. */
export const backupManifest = z.object({
  format: z.literal(1),
  id: z.uuid(),
  at: z.int(),
  driver: z.enum(STORAGE_DRIVERS),
  compression: z.enum(BACKUP_COMPRESSIONS),
  disk: z.object({
    bytes: z.int().check(z.gte(1)),
    digest: backupDigest,
    sizeBytes: z.int().check(z.gte(1)),
    usedBytes: z.int().check(z.gte(0)),
  }),
})
export type BackupManifest = z.infer<typeof backupManifest>

const inStore = { store: backupPlace, backup: z.uuid() }

/** `observedVe` is agent-protocol.ts's, which spreads these. */
export const backupMethods = <O extends z.ZodMiniType>(observedVe: O) =>
  ({
    /**
     * Whether a directory is this store, or can be: with `make` it becomes it when it is empty or absent. Clears what was half removed.
     * Throws `backup-store-missing`, and `invalid-input` of one that others than root could write to.
     */
    'backup-store-look': {
      journalled: false,
      params: z.object({ store: backupPlace, make: z.boolean() }),
      result: z.object({ freeBytes: z.int(), totalBytes: z.int(), backups: z.array(z.uuid()) }),
    },
    /**
     * Of a VE that runs, which stands still while its disk is copied beside it, or does not. `settings`: the panel's, kept as they are. One
     * that exists by this id is left alone. Throws `no-disk-space`, `capability-missing`, `backup-store-missing`.
     */
    've-backup-create': {
      journalled: true,
      params: z.object({ ...veKey, ...inStore, settings: z.string().check(z.maxLength(200_000)) }),
      result: veBackup,
    },
    /**
     * The disk of a stopped VE becomes what it was; the one it has stays until the other is whole. A VE that this host does not have is
     * made of it, stopped. Throws `backup-damaged`, `no-disk-space`, `invalid-input` when it does not fit.
     */
    've-backup-restore': {
      journalled: true,
      params: z.object({ spec: veSpec, ...inStore, digest: backupDigest }),
      result: observedVe,
    },
    /** Reads all of it. Throws `backup-damaged`, `not-found`. */
    'backup-verify': {
      journalled: false,
      params: z.object({ ...inStore, digest: backupDigest }),
      result: z.object({ bytes: z.int() }),
    },
    /** One that is absent, or half made, is no error. */
    'backup-delete': { journalled: true, params: z.object(inStore), result: z.object({}) },
  }) as const
