/** Looks at the counters of all VEs that run: what they hold, and, with what is remembered, the most and the refusals of this run. */
import {
  BEANCOUNTER_NAMES,
  type BeancounterName,
  type BeancounterReading,
  type Beancounters,
} from '../../../lib/contract/beancounters.ts'
import { beancountersOf } from '../../../lib/contract/ve-limits.ts'
import type { VeSpec } from '../../../lib/contract/ve-spec.ts'
import { pageBytes } from '../facts/parse.ts'
import { veCgroup } from '../paths.ts'
import { cgroupVersion } from '../resources/cgroup.ts'
import { cpuMicroseconds } from '../resources/cpu-time.ts'
import type { RunningInit } from '../runtime/runtime.ts'
import type { Sys } from '../sys/sys.ts'
import type { SpecMemory } from '../ve-store.ts'
import { ask } from './asked.ts'
import { type Counts, counts } from './counts.ts'
import { groupNumbersV1, groupNumbersV2 } from './group-numbers.ts'
import { readLocks } from './locks.ts'
import { type KnownFiles, members } from './members.ts'
import { peek } from './numbers.ts'
import { lookAtProcesses, type ProcessMemory, tellsDescriptors } from './processes.ts'
import {
  advance,
  merge,
  newRecord,
  parseRecord,
  type RunRecord,
  readRecordText,
  storeRecord,
  type Thresholds,
  thresholds,
} from './record.ts'
import { queuedSignals } from './signals.ts'
import { NO_SOCKETS, readSockets } from './sockets.ts'

export type RunningVe = { spec: VeSpec; init: RunningInit }

/** `cpu`: microseconds used by then. `before`: the processes of the look before, since who is killed is not there any more. */
export type Inside = {
  cpu: number | null
  processes: ProcessMemory
  before: ProcessMemory
  signals: number
}

const runOf = ({ pid, startTicks }: RunningInit) => `${pid}:${startTicks}`

/** What is known of one VE since it was first looked at in this run. */
export type VeMemory = {
  record: RunRecord
  /** The record as it was last read or written, and its text. */
  kept: RunRecord | null
  text: string | null
  spec: VeSpec
  limits: Beancounters
  from: Thresholds
  inside: Inside
  counts: Counts
}

/** What lasts from one look to the next; a new one for who looks only once. */
export type CounterMemory = {
  specs: SpecMemory
  ves: Map<number, VeMemory>
  turn: number
  /** Who was asked last (asked.ts); null: nobody is asked. */
  askedLast: number | null
  host: HostConstants | null
}
type HostConstants = { version: 1 | 2; pageBytes: number; fdSizes: boolean; knownFiles: KnownFiles }

export const newMemory = (asks: boolean): CounterMemory => ({
  specs: new Map(),
  ves: new Map(),
  turn: 0,
  askedLast: asks ? 0 : null,
  host: null,
})

function hostConstants(sys: Sys): HostConstants {
  return {
    version: cgroupVersion(sys),
    pageBytes: pageBytes(peek(sys, '/proc/self/smaps')),
    fdSizes: tellsDescriptors(sys),
    knownFiles: new Set(),
  }
}

type Round = { sys: Sys; host: HostConstants; locks: ReadonlyMap<number, number>; turn: number }

function recall(sys: Sys, { spec: { veid }, init }: RunningVe, known: VeMemory | undefined) {
  const run = runOf(init)
  const text = readRecordText(sys, veid)
  const own = known?.record.run === run ? known.record : null
  if (own !== null && known !== undefined && text === known.text)
    return { record: own, text, kept: known.kept }
  const kept = parseRecord(text, run)
  const record = own === null ? (kept ?? newRecord(run)) : kept === null ? own : merge(own, kept)
  return { record, text, kept }
}

/** While a VE uses no CPU its processes open, lock, map and signal nothing: then they are as they were. */
function lookInside(
  { sys, host, turn }: Round,
  { spec, init }: RunningVe,
  known: VeMemory | undefined,
): Inside {
  const path = veCgroup(spec.veid)
  const cpu = cpuMicroseconds(sys, path)
  const isSame = known?.record.run === runOf(init)
  if (isSame && cpu !== null && known.inside.cpu === cpu) return known.inside
  const before: ProcessMemory = isSame ? known.inside.processes : new Map()
  const pids = members(sys, host.version, path, host.knownFiles)
  const processes = lookAtProcesses(sys, pids, before, { ...host, turn })
  // Without users of its own its signals count as the host's.
  const signals = spec.namespaces.includes('user') ? queuedSignals(sys, processes) : 0
  return { cpu, processes, before, signals }
}

function locksOf(locks: ReadonlyMap<number, number>, { processes }: Inside): number {
  let sum = 0
  if (locks.size > 0) for (const pid of processes.keys()) sum += locks.get(pid) ?? 0
  return sum
}

function lookAt(round: Round, ve: RunningVe, known: VeMemory | undefined): VeMemory {
  const { sys, host } = round
  const { spec, init } = ve
  const path = veCgroup(spec.veid)
  const recalled = recall(sys, ve, known)
  const inside = lookInside(round, ve, known)
  const same = known?.spec === spec
  const limits = same ? known.limits : beancountersOf(spec.limits)
  const from = same ? known.from : thresholds(limits)
  const { physpages, swappages, numproc } = limits
  const bounds = { memory: physpages.limit, swap: swappages.limit, processes: numproc.limit }
  const group = host.version === 1 ? groupNumbersV1(sys, path, bounds) : groupNumbersV2(sys, path, bounds)
  const { processes, signals } = inside
  // Without a network of its own it has the host's sockets.
  const sockets = spec.namespaces.includes('network') ? readSockets(sys, init.pid) : NO_SOCKETS
  const locks = locksOf(round.locks, inside)
  const { asked } = recalled.record
  const found = counts({ group, processes, sockets, locks, signals, asked }, limits)
  const { fileCache: cacheBytes, countsHits } = group
  const record = advance(recalled.record, found, from, { cacheBytes, countsHits })
  return { ...recalled, record, spec, limits, from, inside, counts: found }
}

/** One VE a round: see asked.ts. */
function askNext(sys: Sys, memory: CounterMemory, running: readonly RunningVe[]): void {
  const last = memory.askedLast
  if (last === null) return
  const own = running.filter(({ spec }) => spec.namespaces.includes('network'))
  const sorted = own.toSorted((a, b) => a.spec.veid - b.spec.veid)
  const next = sorted.find(({ spec }) => spec.veid > last) ?? sorted[0]
  const known = next === undefined ? undefined : memory.ves.get(next.spec.veid)
  if (next === undefined || known === undefined) return
  memory.askedLast = next.spec.veid
  known.record = { ...known.record, asked: ask(sys, next.init.pid, known.record.asked) }
}

/** Those that run no more are forgotten. */
export function lookAtAll(sys: Sys, memory: CounterMemory, running: readonly RunningVe[]): void {
  memory.host ??= hostConstants(sys)
  memory.turn += 1
  const round: Round = {
    sys,
    host: memory.host,
    locks: running.length === 0 ? new Map() : readLocks(sys),
    turn: memory.turn,
  }
  memory.ves = new Map(running.map((ve) => [ve.spec.veid, lookAt(round, ve, memory.ves.get(ve.spec.veid))]))
  askNext(sys, memory, running)
}

/** Writes down what has changed: after it has been told, so that nothing is told to nobody. */
export function keepRecords(sys: Sys, memory: CounterMemory): void {
  for (const [veid, known] of memory.ves) {
    if (known.record === known.kept) continue
    const text = JSON.stringify(known.record)
    if (text !== known.text) storeRecord(sys, veid, text)
    known.text = text
    known.kept = known.record
  }
}

export type Readings = Record<BeancounterName, BeancounterReading>

export const readingOf = ({ record, counts: { held } }: VeMemory, index: number): BeancounterReading => ({
  held: held[index] ?? 0,
  maxheld: record.most[index] ?? 0,
  failcnt: record.failures[index] ?? 0,
})

export function readingsOf(known: VeMemory): Readings {
  const readings = {} as Readings
  BEANCOUNTER_NAMES.forEach((name, index) => {
    readings[name] = readingOf(known, index)
  })
  return readings
}
