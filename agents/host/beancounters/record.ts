/**
 * What is remembered of a VE's counters from its start to its stop, whoever looks: on the host's /run, beside what its monitor keeps, and
 * gone with that. Looked at from several sides at once the larger numbers hold, and none goes backwards.
 */
import {
  BEANCOUNTER_NAMES,
  BEANCOUNTERS,
  type BeancounterName,
  type Beancounters,
} from '../../../lib/contract/beancounters.ts'
import { monitorPaths } from '../runtime/monitor-paths.ts'
import { replaceFile } from '../sys/files.ts'
import type { Sys } from '../sys/sys.ts'
import { type Asked, NOTHING_ASKED } from './asked.ts'
import { type Counts, INDEX } from './counts.ts'

/** Lists in the order of BEANCOUNTER_NAMES. */
export type RunRecord = {
  /** Which run of the VE: its init's pid and start time. */
  run: string
  most: number[]
  failures: number[]
  /** Of a VE that was restored: what of them is from before, of which the kernel knows nothing any more. */
  before?: number[]
  /** Of these failures so many were told as events. */
  told: number[]
  /** The kernel's own count of times that memory was full: see GroupNumbers.countsHits. */
  hits: number
  /** The kernel's count of refused forks when last seen: see GroupNumbers.processes. */
  forks: number
  /** Whether each was above its limit when last seen. */
  above: boolean[]
  asked: Asked
}

const NONE = BEANCOUNTER_NAMES.map(() => 0)

export const newRecord = (run: string): RunRecord => ({
  ...{ run, most: NONE, failures: NONE, told: NONE, hits: 0, forks: 0, above: NONE.map(() => false) },
  asked: NOTHING_ASKED,
})

const larger = (a: readonly number[], b: readonly number[]) =>
  a.map((each, index) => Math.max(each, b[index] ?? 0))

/** Pure: what two who looked at the same run know together; `told` is each one's own. */
export function merge(own: RunRecord, other: RunRecord): RunRecord {
  if (own.run !== other.run) return own
  return {
    ...own,
    most: larger(own.most, other.most),
    failures: larger(own.failures, other.failures),
    hits: Math.max(own.hits, other.hits),
    forks: Math.max(own.forks, other.forks),
    above: other.above,
  }
}

/** The kernel refuses what is beyond, and keeps no count of it: so one of these at its limit was refused, or is about to be. */
const FULL_AT_LIMIT = new Set<number>(
  (['lockedpages', 'shmpages', 'numpty', 'numsiginfo', 'swappages'] satisfies BeancounterName[]).map(
    (name) => INDEX[name],
  ),
)
/** Ordinary requests are refused at this barrier already. */
const REFUSED_AT_BARRIER = new Set<number>([INDEX.lockedpages])

/** Less than this is left below the limit: nothing more goes in. */
const SLACK_BYTES = 4095

/** From how much on each is above its limit, in the order of BEANCOUNTER_NAMES; infinite for those without one. */
export type Thresholds = readonly number[]

/** Pure. */
export function thresholds(limits: Beancounters): Thresholds {
  return BEANCOUNTER_NAMES.map((name, index) => {
    const { barrier, limit } = limits[name]
    const bound = REFUSED_AT_BARRIER.has(index) ? barrier : limit
    if (bound === null) return Number.POSITIVE_INFINITY
    if (!FULL_AT_LIMIT.has(index)) return bound + 1
    return Math.max(1, BEANCOUNTERS[name].unit === 'items' ? bound : bound - SLACK_BYTES)
  })
}

/** Below this part of the memory there is no file cache to speak of: full means full. */
const CACHE_TO_SPEAK_OF = 0.1

/** Pure: the record after one more look, the same when it has nothing new. `cacheBytes`: file cache that can be dropped. */
export function advance(
  before: RunRecord,
  { held, most, failures: counts }: Counts,
  from: Thresholds,
  { cacheBytes, countsHits }: { cacheBytes: number; countsHits: boolean },
): RunRecord {
  const failures = counts.map((count, index) =>
    count === null ? null : count + (before.before?.[index] ?? 0),
  )
  const kills = failures[INDEX.oomguarpages] ?? 0
  const hits = countsHits ? Math.max(before.hits, counts[INDEX.physpages] ?? 0) : 0
  const killed = kills > (before.failures[INDEX.oomguarpages] ?? 0)
  const full = killed || cacheBytes < CACHE_TO_SPEAK_OF * (held[INDEX.physpages] ?? 0)
  const after = { most: [] as number[], failures: [] as number[], above: [] as boolean[] }
  const forks = failures[INDEX.numproc] ?? before.forks
  let isNew = hits !== before.hits || forks !== before.forks
  for (let index = 0; index < held.length; index += 1) {
    const now = held[index] ?? 0
    const counted = failures[index]
    const wasAbove = before.above[index] === true
    const above = now >= (from[index] ?? Number.POSITIVE_INFINITY)
    const knownMost = before.most[index] ?? 0
    const known = before.failures[index] ?? 0
    const newMost = Math.max(now, most[index] ?? 0, knownMost)
    let failed = known
    // Some kernels have the files of v1 and count no hits any more; they count kills.
    if (countsHits && index === INDEX.physpages)
      failed = Math.max(known + (full ? hits - before.hits : 0), kills)
    else if (index === INDEX.numproc) failed = known + Math.max(0, forks - before.forks)
    else if (typeof counted === 'number') failed = Math.max(known, counted)
    else if (above && !wasAbove) failed += 1
    isNew ||= newMost !== knownMost || failed !== known || above !== wasAbove
    after.most.push(newMost)
    after.failures.push(failed)
    after.above.push(above)
  }
  return isNew ? { ...before, ...after, hits, forks } : before
}

const path = (veid: number) => `${monitorPaths(veid).folder}/beancounters`

export const readRecordText = (sys: Sys, veid: number): string | null => sys.readShort(path(veid))

/** Null of what is no record of this run. */
export function parseRecord(text: string | null, run: string): RunRecord | null {
  if (text === null) return null
  try {
    const record = JSON.parse(text) as RunRecord & { forks?: number }
    if (record.run !== run) return null
    // An older agent's has none.
    return { ...record, forks: record.forks ?? record.failures[INDEX.numproc] ?? 0 }
  } catch {
    return null
  }
}

const areCounts = (list: unknown) => Array.isArray(list) && list.every(Number.isSafeInteger)

/** It may come from another host. */
function parseCounts(text: string): RunRecord | null {
  try {
    const record = JSON.parse(text) as RunRecord
    return [record.most, record.failures, record.told].every(areCounts) ? record : null
  } catch {
    return null
  }
}

/**
 * Of a VE that was restored: what was counted before it was frozen goes on in its new run, before anybody has looked at that. The kernel
 * counts its own hits from nothing again.
 */
export function goOnCounting(sys: Sys, veid: number, run: string, before: string | null): void {
  const record = before === null ? null : parseCounts(before)
  if (record === null) return
  storeRecord(sys, veid, JSON.stringify({ ...record, run, hits: 0, before: record.failures }))
}

/** Nothing of a VE that is being taken off at this moment: whoever does that removes what it finds, twice, the boot's name first of all. */
export function storeRecord(sys: Sys, veid: number, text: string): void {
  const { folder, boot } = monitorPaths(veid)
  if (sys.stat(boot) === null) return
  try {
    replaceFile(sys, path(veid), text)
  } catch {
    return // the folder has gone
  }
  if (sys.stat(boot) !== null) return
  sys.remove(path(veid))
  sys.remove(folder)
}
