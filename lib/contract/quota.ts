/** Quota of a VE's file system: level 1 is the VE as a whole, level 2 users and groups inside it. Bytes and items; null is unlimited. */
import * as z from 'zod/mini'

/** Milliseconds since 1970 at which a soft limit that is exceeded becomes a hard one; null while it is not exceeded. */
const graceEndsAt = z.nullable(z.int())

/** Level 1 as the VE's file system shows it while it is mounted. */
export const fileSystemUse = z.object({
  usedBytes: z.int(),
  totalBytes: z.int(),
  usedInodes: z.int(),
  /** 0 where nothing bounds them; both are 0 where they are not counted (btrfs). */
  totalInodes: z.int(),
  bytesGraceEndsAt: graceEndsAt,
  inodesGraceEndsAt: graceEndsAt,
})
export type FileSystemUse = z.infer<typeof fileSystemUse>

export const QUOTA_OWNER_KINDS = ['user', 'group'] as const
export type QuotaOwnerKind = (typeof QUOTA_OWNER_KINDS)[number]

const amount = z.nullable(z.int().check(z.gte(0, 'Not below 0.'), z.lte(2 ** 53 - 1)))

/** Soft and hard; a soft limit without a hard one is allowed, as in setquota(8). */
export const ownerLimits = z.object({
  softBytes: amount,
  hardBytes: amount,
  softInodes: amount,
  hardInodes: amount,
})
export type OwnerLimits = z.infer<typeof ownerLimits>

/** What cannot be meant, by field. Pure. 0 is "no limit" to the kernel and to setquota(8); here that is null. */
export function ownerContradictions(limits: OwnerLimits): Partial<Record<keyof OwnerLimits, string>> {
  const found: Partial<Record<keyof OwnerLimits, string>> = {}
  for (const [soft, hard] of [
    ['softBytes', 'hardBytes'],
    ['softInodes', 'hardInodes'],
  ] as const) {
    const most = limits[hard]
    if (most !== null && (limits[soft] ?? 0) > most) found[soft] = 'Above the hard limit.'
    for (const field of [soft, hard])
      if (limits[field] === 0) found[field] = 'At least 1; leave it empty for no limit.'
  }
  return found
}

/** `id` as the VE sees it, 0…65535; `name` from the VE's own passwd or group file, null where it has none. */
export const quotaOwner = z.object({
  kind: z.enum(QUOTA_OWNER_KINDS),
  id: z.int().check(z.gte(0), z.lte(65_535, 'At most 65535.')),
  name: z.nullable(z.string()),
  usedBytes: z.int(),
  usedInodes: z.int(),
  limits: ownerLimits,
  bytesGraceEndsAt: graceEndsAt,
  inodesGraceEndsAt: graceEndsAt,
})
export type QuotaOwner = z.infer<typeof quotaOwner>

/** An owner by its id, or by the name that the VE's own passwd or group file gives it. */
export const quotaOwnerId = z.union([
  quotaOwner.shape.id,
  z.string().check(z.regex(/^[^\s:,/\\]{1,64}$/, 'A name as in the VE’s passwd or group file.')),
])

/** So many at most come with one listing: those with a limit first, then those that hold most. */
export const OWNERS_LISTED_MOST = 4096

/** Grace of all owners of one kind, in seconds. */
export const ownerGrace = z.object({
  bytesSeconds: z.int().check(z.gte(0), z.lte(31_536_000, 'At most a year.')),
  inodesSeconds: z.int().check(z.gte(0), z.lte(31_536_000, 'At most a year.')),
})
export type OwnerGrace = z.infer<typeof ownerGrace>
