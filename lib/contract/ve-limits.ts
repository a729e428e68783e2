/**
 * Everything a VE is limited to. Bytes and items; null is unlimited. Three of the beancounters have names of their own, since every VE
 * has them set: `memoryBytes` is the limit of physpages, `swapBytes` that of swappages, `processes` numproc.
 */
import * as z from 'zod/mini'
import {
  BEANCOUNTER_NAMES,
  type BeancounterName,
  type BeancounterPair,
  type Beancounters,
  beancounterPair,
} from './beancounters.ts'
import { numberList } from './number-list.ts'
import { GIB, MIB } from './units.ts'

const NAMED = ['physpages', 'swappages', 'numproc'] as const
export type OtherBeancounter = Exclude<BeancounterName, (typeof NAMED)[number]>
export const OTHER_BEANCOUNTERS = BEANCOUNTER_NAMES.filter(
  (name): name is OtherBeancounter => !NAMED.some((named) => named === name),
) as [OtherBeancounter, ...OtherBeancounter[]]

const bytes = z.int().check(z.gte(0, 'Not below 0.'), z.lte(16_384 * GIB, 'At most 16 TiB.'))
const items = z.int().check(z.gte(0, 'Not below 0.'), z.lte(4_294_967_295, 'At most 4294967295.'))

/** ionice(1): 0 is the highest, 7 the lowest. */
export const IO_PRIORITY_LAST = 7

export const veLimits = z.object({
  diskBytes: z.int().check(z.gte(64 * MIB, 'At least 64 MiB.'), z.lte(16_384 * GIB, 'At most 16 TiB.')),
  /** May be exceeded for `diskGraceSeconds`; null for none. */
  diskSoftBytes: z.nullable(bytes),
  diskInodes: z.nullable(items),
  diskSoftInodes: z.nullable(items),
  diskGraceSeconds: z.int().check(z.gte(0), z.lte(31_536_000, 'At most a year.')),
  /** Level 2: users and groups whose files are counted; 0 for none. OpenVZ's QUOTAUGIDLIMIT. */
  quotaOwners: z.int().check(z.gte(0), z.lte(65_536, 'At most 65536.')),
  memoryBytes: z.int().check(z.gte(16 * MIB, 'At least 16 MiB.'), z.lte(16_384 * GIB, 'At most 16 TiB.')),
  /** Above it the VE is slowed down; 0 for nowhere. The barrier of physpages. */
  memoryThrottleBytes: bytes,
  /** Swap on top of memory. */
  swapBytes: bytes,
  /** numproc: processes and threads. */
  processes: z.int().check(z.gte(16, 'At least 16.'), z.lte(4_194_304, 'At most 4194304.')),
  beancounters: z.record(z.enum(OTHER_BEANCOUNTERS), beancounterPair),
  /** cpuunits as in OpenVZ: a weight from 8 to 500000, 1000 is ordinary. */
  cpuUnits: z.int().check(z.gte(8, 'At least 8.'), z.lte(500_000, 'At most 500000.')),
  /** cpulimit: percent of one CPU (200 is two CPUs); null for no cap. */
  cpuLimitPercent: z.nullable(z.int().check(z.gte(1, 'At least 1.'), z.lte(409_600))),
  /** How many CPUs it has; null for all that `cpuMask` allows. */
  cpus: z.nullable(z.int().check(z.gte(1, 'At least 1.'), z.lte(4096, 'At most 4096.'))),
  /** The host's CPUs and memory nodes that it may use, such as "0-3,8"; null for all. */
  cpuMask: z.nullable(numberList),
  nodeMask: z.nullable(numberList),
  ioPriority: z.int().check(z.gte(0, 'From 0 to 7.'), z.lte(IO_PRIORITY_LAST, 'From 0 to 7.')),
  /** To and from its disk, each direction. */
  ioBytesPerSecond: z.nullable(bytes.check(z.gte(64 * 1024, 'At least 64 KiB.'))),
  ioPerSecond: z.nullable(items.check(z.gte(10, 'At least 10.'))),
})
export type VeLimits = z.infer<typeof veLimits>

const UNLIMITED: BeancounterPair = { barrier: null, limit: null }
const one = (value: number): BeancounterPair => ({ barrier: value, limit: value })

const DEFAULT_BEANCOUNTERS = {
  ...(Object.fromEntries(OTHER_BEANCOUNTERS.map((name) => [name, UNLIMITED])) as Record<
    OtherBeancounter,
    BeancounterPair
  >),
  vmguarpages: { barrier: 0, limit: null },
  oomguarpages: { barrier: 0, limit: null },
  // The kernel's own default, and eight times that for who raises it.
  lockedpages: { barrier: 8 * MIB, limit: 64 * MIB },
  numpty: one(64),
  // 160 bytes of the kernel's memory each.
  numsiginfo: one(16_384),
} satisfies VeLimits['beancounters']

const THREE_DAYS_SECONDS = 259_200

export const DEFAULT_LIMITS: VeLimits = {
  diskBytes: 4 * GIB,
  diskSoftBytes: null,
  diskInodes: null,
  diskSoftInodes: null,
  diskGraceSeconds: THREE_DAYS_SECONDS,
  quotaOwners: 0,
  memoryBytes: 512 * MIB,
  memoryThrottleBytes: 0,
  swapBytes: 0,
  processes: 1024,
  beancounters: DEFAULT_BEANCOUNTERS,
  cpuUnits: 1000,
  cpuLimitPercent: null,
  cpus: null,
  cpuMask: null,
  nodeMask: null,
  ioPriority: 4,
  ioBytesPerSecond: null,
  ioPerSecond: null,
}

/** All 21. */
export function beancountersOf(limits: VeLimits): Beancounters {
  return {
    ...limits.beancounters,
    physpages: { barrier: limits.memoryThrottleBytes, limit: limits.memoryBytes },
    swappages: { barrier: 0, limit: limits.swapBytes },
    numproc: one(limits.processes),
  }
}

/** The other way round. What cannot be unlimited (memory, swap, processes) stays where it is unlimited in `set`. */
export function withBeancounters(limits: VeLimits, set: Beancounters): VeLimits {
  const { physpages, swappages, numproc, ...beancounters } = set
  return {
    ...limits,
    beancounters,
    memoryBytes: physpages.limit ?? limits.memoryBytes,
    memoryThrottleBytes: physpages.barrier ?? 0,
    swapBytes: swappages.limit ?? limits.swapBytes,
    processes: numproc.limit ?? limits.processes,
  }
}

/** What is left out stays; of the beancounters too. */
export const veLimitsPart = z.partial(
  z.extend(veLimits, { beancounters: z.partialRecord(z.enum(OTHER_BEANCOUNTERS), beancounterPair) }),
)
export type VeLimitsPart = z.infer<typeof veLimitsPart>

export function withLimits(limits: VeLimits, { beancounters, ...part }: VeLimitsPart): VeLimits {
  const given = Object.fromEntries(Object.entries(part).filter(([, value]) => value !== undefined))
  return { ...limits, ...given, beancounters: { ...limits.beancounters, ...beancounters } }
}

/** Contradictions between limits, by field. Pure; what the formulas advise is beancounter-formulas.ts. */
export function contradictions(limits: VeLimits): Record<string, string> {
  const found: Record<string, string> = {}
  const atMost = (field: keyof VeLimits, low: number | null, high: number | null, text: string) => {
    if (low !== null && high !== null && low > high) found[field] = text
  }
  atMost('diskSoftBytes', limits.diskSoftBytes, limits.diskBytes, 'Above the hard limit.')
  atMost('diskSoftInodes', limits.diskSoftInodes, limits.diskInodes, 'Above the hard limit.')
  atMost('memoryThrottleBytes', limits.memoryThrottleBytes, limits.memoryBytes, 'Above the memory limit.')
  for (const name of OTHER_BEANCOUNTERS) {
    const { barrier, limit } = limits.beancounters[name]
    if (limit !== null && (barrier === null || barrier > limit))
      found[`beancounters.${name}`] = 'The barrier is above the limit.'
  }
  return found
}
