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
import { type Asked, ask } from './asked.ts'
import { type Counts, counts } from './counts.ts'
import { groupNumbers } from './group-numbers.ts'
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

/** Which run of a VE: RunRecord.run. */
export const runOf = ({ pid, startTicks }: RunningInit) => `${pid}:${startTicks}`

/** What is known of one VE since it was first looked at in this run. */
export type VeMemory = {
  record: RunRecord
  /** The record as it was last read or written, and its text. */
  kept: RunRecord | null
  text: string | null
  spec: VeSpec
  init: RunningInit
  limits: Beancounters
  from: Thresholds
  /** Microseconds of CPU used by now. */
  cpu: number | null
  processes: ProcessMemory
  /** Of the look before: who is killed is not there any more. */
  processesBefore: ProcessMemory
  counts: Counts
  /** When it was looked at last, not only whether it did something since; and what it had used by then. */
  looked: { at: number; cpu: number | null; asked: Asked }
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

type Round = { sys: Sys; host: HostConstants; locks: ReadonlyMap<number, number>; turn: number; now: number }

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

/** Starting a program takes more: one that used less since it was looked at has hardly done anything. */
const QUIET_MICROSECONDS = 2000
/** A quiet VE is looked at in one of so many rounds, and once a minute at least. */
const QUIET_ROUNDS = 6
const QUIET_MS = 60_000

type Recalled = Pick<VeMemory, 'record' | 'text' | 'kept'>

/** Whether it may count as what it was: what a VE holds changes, and is refused, by what its programs do. */
function isQuiet({ now, turn }: Round, { spec }: RunningVe, cpu: number | null, known: VeMemory): boolean {
  const { looked, record } = known
  if (known.spec !== spec || looked.asked !== record.asked) return false
  if (now - looked.at >= QUIET_MS || (spec.veid + turn) % QUIET_ROUNDS === 0) return false
  return cpu !== null && looked.cpu !== null && cpu - looked.cpu < QUIET_MICROSECONDS
}

function lookAt(round: Round, ve: RunningVe, last: VeMemory | undefined): VeMemory {
  const recalled = recall(round.sys, ve, last)
  const known = last?.record.run === recalled.record.run ? last : undefined
  const cpu = cpuMicroseconds(round.sys, veCgroup(ve.spec.veid))
  if (known !== undefined && isQuiet(round, ve, cpu, known)) return { ...known, ...recalled, cpu }
  return lookClosely(round, ve, recalled, known, cpu)
}

/** What a VE shares with its host is not its own: sockets and rules without a network of its own, signals without users. */
function lookClosely(
  { sys, host, locks, turn, now }: Round,
  { spec, init }: RunningVe,
  recalled: Recalled,
  known: VeMemory | undefined,
  cpu: number | null,
): VeMemory {
  const path = veCgroup(spec.veid)
  const limits = known?.spec === spec ? known.limits : beancountersOf(spec.limits)
  const from = known?.spec === spec ? known.from : thresholds(limits)
  const processesBefore: ProcessMemory = known?.processes ?? new Map()
  const { pids, below } = members(sys, host.version, path, host.knownFiles)
  const options = { ...host, turn: turn + Math.floor(turn / QUIET_ROUNDS) }
  const processes = lookAtProcesses(sys, pids, processesBefore, options)
  const group = groupNumbers(sys, host.version, path, limits, below)
  const has = (namespace: 'network' | 'user') => spec.namespaces.includes(namespace)
  const { asked } = recalled.record
  const found = counts(
    {
      ...{ group, processes, asked },
      sockets: has('network') ? readSockets(sys, init.pid) : NO_SOCKETS,
      locks: locks.size === 0 ? 0 : pids.reduce((sum, pid) => sum + (locks.get(pid) ?? 0), 0),
      signals: has('user') ? queuedSignals(sys, processes) : 0,
    },
    limits,
  )
  const record = advance(recalled.record, found, from, {
    cacheBytes: group.fileCache,
    countsHits: group.countsHits,
  })
  return {
    ...{ ...recalled, record, spec, init, limits, from, cpu, processes, processesBefore, counts: found },
    looked: { at: now, cpu, asked },
  }
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
    now: sys.now(),
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
