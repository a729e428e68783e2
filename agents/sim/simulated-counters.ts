/** What a simulated VE holds: plausible figures that move, a pure function of the VE and the time. */

import type { ObservedVe } from '../../lib/contract/agent-protocol.ts'
import { type BeancounterRows, userBeancounters } from '../../lib/contract/beancounter-text.ts'
import {
  BEANCOUNTER_NAMES,
  type BeancounterName,
  type Beancounters,
} from '../../lib/contract/beancounters.ts'
import type { LimitEvent } from '../../lib/contract/limit-event.ts'
import { KIB, MIB } from '../../lib/contract/units.ts'
import { beancountersOf, DEFAULT_LIMITS, type VeLimits } from '../../lib/contract/ve-limits.ts'
import type { VeSpec } from '../../lib/contract/ve-spec.ts'
import { veSentinel } from './sentinels.ts'

/** `accepted`: the specification it took up last, as JSON. */
export type CountedVe = {
  veid: number
  uuid: string
  name: string
  memoryBytes: number
  startedAt: number
  initPid: number
  accepted: string | null
}

const USUAL: Record<BeancounterName, number> = {
  kmemsize: 3 * MIB,
  lockedpages: 64 * KIB,
  privvmpages: 96 * MIB,
  shmpages: 2 * MIB,
  numproc: 8,
  physpages: 24 * MIB,
  vmguarpages: 0,
  oomguarpages: 24 * MIB,
  numtcpsock: 6,
  numflock: 3,
  numpty: 1,
  numsiginfo: 1,
  tcpsndbuf: 72 * KIB,
  tcprcvbuf: 96 * KIB,
  othersockbuf: 24 * KIB,
  dgramrcvbuf: 8 * KIB,
  numothersock: 18,
  dcachesize: 512 * KIB,
  numfile: 340,
  numiptent: 12,
  swappages: 0,
}

/** Around the usual by a quarter, each VE and parameter in a rhythm of its own. */
const SWING = 0.25
const PERIOD_MS = 600_000
const HIT_FIRST_MS = 3_000
const HIT_EVERY_MS = 90_000
const REFUSALS = 7
const PAGE_BYTES = 4096

export function limitsOf({ accepted, memoryBytes }: Pick<CountedVe, 'accepted' | 'memoryBytes'>): VeLimits {
  return accepted === null ? { ...DEFAULT_LIMITS, memoryBytes } : (JSON.parse(accepted) as VeSpec).limits
}

export const simulatedMemory = ({ veid, memoryBytes }: Pick<CountedVe, 'veid' | 'memoryBytes'>) =>
  Math.min(memoryBytes, (24 + (veid % 40)) * MIB)
export const simulatedProcesses = ({ veid }: Pick<CountedVe, 'veid'>) => 8 + (veid % 9)

function held(ve: CountedVe, name: BeancounterName, at: number): number {
  if (name === 'numproc') return simulatedProcesses(ve)
  if (name === 'physpages' || name === 'oomguarpages') return simulatedMemory(ve)
  const phase = (ve.veid * 7 + BEANCOUNTER_NAMES.indexOf(name) * 13) % 100
  const swing = 1 + SWING * Math.sin(2 * Math.PI * (at / PERIOD_MS + phase / 100))
  return Math.round(USUAL[name] * swing)
}

/** How often a VE that hits its limits has done so by then: processes and memory take turns. */
const hits = ({ name, startedAt }: CountedVe, at: number) =>
  veSentinel(name) === 'hits-limits' && at - startedAt >= HIT_FIRST_MS
    ? 1 + Math.floor((at - startedAt - HIT_FIRST_MS) / HIT_EVERY_MS)
    : 0

export function simulatedCounters(ve: CountedVe, at: number): NonNullable<ObservedVe['beancounters']> {
  const limits = beancountersOf(limitsOf(ve))
  const count = hits(ve, at)
  const failures: Partial<Record<BeancounterName, number>> = {
    numproc: Math.ceil(count / 2) * REFUSALS,
    physpages: Math.floor(count / 2),
    oomguarpages: Math.floor(count / 2),
  }
  return Object.fromEntries(
    BEANCOUNTER_NAMES.map((name) => {
      const now = held(ve, name, at)
      const failcnt = failures[name] ?? 0
      const most = Math.max(now, Math.round(USUAL[name] * (1 + SWING)))
      return [name, { held: now, maxheld: failcnt > 0 ? (limits[name].limit ?? most) : most, failcnt }]
    }),
  ) as NonNullable<ObservedVe['beancounters']>
}

function hit(ve: CountedVe, nth: number): LimitEvent {
  const { veid, uuid, startedAt, initPid } = ve
  const at = startedAt + HIT_FIRST_MS + nth * HIT_EVERY_MS
  const killed = nth % 2 === 1
  const parameter = killed ? 'physpages' : 'numproc'
  const { barrier, limit } = beancountersOf(limitsOf(ve))[parameter]
  const full = limit ?? 0
  const usual = held(ve, parameter, at)
  return {
    ...{ veid, uuid, at, parameter, barrier, limit, held: full },
    id: `simulated:${uuid}:${startedAt}:${nth}`,
    kind: killed ? 'killed' : 'refused',
    refusals: killed ? 1 : REFUSALS,
    before: [60, 45, 30, 15, 5].map((seconds, index) => ({
      at: at - seconds * 1000,
      held: Math.round(usual + ((full - usual) * index) / 5),
    })),
    holders: [
      { pid: initPid + 40, command: 'worker (simulated)', held: Math.round(full * 0.9) },
      { pid: initPid + 2, command: 'sshd (simulated)', held: Math.round(full * 0.05) },
    ],
  }
}

/** What limits refused after `since` and until `at`. */
export function simulatedEvents(ve: CountedVe, since: number, at: number): LimitEvent[] {
  return Array.from({ length: hits(ve, at) }, (_, nth) => nth)
    .slice(hits(ve, since))
    .map((nth) => hit(ve, nth))
}

const rowsOf = (ve: CountedVe, limits: Beancounters, at: number) => {
  const readings = simulatedCounters(ve, at)
  return Object.fromEntries(
    BEANCOUNTER_NAMES.map((name) => [name, { ...readings[name], ...limits[name] }]),
  ) as BeancounterRows
}

export function simulatedTable(ves: readonly CountedVe[], at: number): string {
  const tables = ves.map((ve) => ({ veid: ve.veid, rows: rowsOf(ve, beancountersOf(limitsOf(ve)), at) }))
  return userBeancounters(tables, { pageBytes: PAGE_BYTES, wordBits: 64 })
}

/** Of the size it was given, and as full as it takes of the host's disk. */
export function simulatedFileSystem(ve: CountedVe, usedBytes: number): ObservedVe['fileSystem'] {
  const { diskBytes, diskInodes } = limitsOf(ve)
  return {
    usedBytes: Math.min(usedBytes, diskBytes),
    totalBytes: diskBytes,
    usedInodes: 12_000 + (ve.veid % 500) * 10,
    totalInodes: diskInodes ?? Math.floor(diskBytes / (16 * KIB)),
    ...{ bytesGraceEndsAt: null, inodesGraceEndsAt: null },
  }
}
