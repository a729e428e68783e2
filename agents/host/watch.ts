import * as z from 'zod/mini'
import { HOST_PATHS, type ObservedVe, type WatchSample } from '../../lib/contract/agent-protocol.ts'
import { Problem } from '../../lib/contract/problem.ts'
import { type Recorder, tellEvents } from './beancounters/recorder.ts'
import { type CounterMemory, keepRecords, newMemory } from './beancounters/sample.ts'
import { type TableMemory, writeTable } from './beancounters/table.ts'
import { errorMessage } from './call.ts'
import { bootId } from './facts/boot-id.ts'
import { meminfoBytes } from './facts/parse.ts'
import { space } from './facts/space.ts'
import { observeWith } from './observe.ts'
import { CRUN_STATE, container } from './runtime/crun-names.ts'
import { rememberVeDirectory } from './storage/ve-directory.ts'
import type { Sys } from './sys/sys.ts'
import { storedVeids } from './ve-store.ts'

const watchStart = z.object({ intervalSeconds: z.number().check(z.gte(0.1), z.lte(3600)) })
const DEFAULT_INTERVAL_SECONDS = 5
/** How often to look whether a VE came up or ended. */
const LOOK_EVERY_MS = 500
/** A look that comes a little before its time counts as in time. */
const LOOK_EARLY_MS = 50

function intervalMs(sys: Sys): number {
  try {
    return watchStart.parse(JSON.parse(sys.readInputLine() ?? '')).intervalSeconds * 1000
  } catch {
    return DEFAULT_INTERVAL_SECONDS * 1000
  }
}

/** What lasts from one sample to the next. */
type Memory = { counters: CounterMemory; recorder: Recorder; table: TableMemory }

function sample(sys: Sys, { counters, recorder }: Memory): WatchSample {
  const at = sys.now()
  const boot = bootId(sys)
  const { ves, running } = observeWith(sys, counters)
  return {
    at,
    bootId: boot,
    load1: Number.parseFloat(sys.read('/proc/loadavg') ?? '0'),
    memoryFreeBytes: meminfoBytes(sys.read('/proc/meminfo') ?? '', 'MemAvailable'),
    vzFreeBytes: space(sys, HOST_PATHS.vz).availableBytes,
    ves,
    limitEvents: tellEvents({ sys, at, bootId: boot }, recorder, counters, running),
  }
}

/** What tells that a VE came up or ended, and costs little to ask: its init, and what the runtime has of those that do not run. */
type Seen = { inits: number[]; running: ReadonlySet<string>; made: string }

function madeVes(sys: Sys, running: ReadonlySet<string>): string {
  const waits = (name: string) => !running.has(name) && sys.stat(`${CRUN_STATE}/${name}/exec.fifo`) !== null
  return sys
    .list(CRUN_STATE)
    .map((name) => (waits(name) ? `${name}?` : name))
    .join(' ')
}

function see(sys: Sys, ves: readonly ObservedVe[]): Seen {
  const up = ves.filter(({ initPid }) => initPid !== null)
  const running = new Set(up.map(({ veid }) => container(veid)))
  return { inits: up.flatMap(({ initPid }) => initPid ?? []), running, made: madeVes(sys, running) }
}

/** Asking by a signal that is none is the cheapest way. A pid that is another's already comes to light with the next sample. */
function hasChanged(sys: Sys, seen: Seen): boolean {
  return madeVes(sys, seen.running) !== seen.made || seen.inits.some((pid) => !sys.kill(pid, 0))
}

const say = (sys: Sys, message: object) => sys.output(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)

/** What cannot be seen is no sample without VEs: the reader is told why, and asks again later. */
function sampleOrEnd(sys: Sys, memory: Memory, first: boolean): WatchSample | null {
  try {
    if (first && storedVeids(sys).length > 0) rememberVeDirectory(sys)
    return sample(sys, memory)
  } catch (error) {
    say(sys, errorMessage(null, Problem.from(error).toJson()))
    sys.exit(1)
    return null
  }
}

/** Streams samples until standard input ends, and one at once when a VE came up or ended. Its first line is {"intervalSeconds":n}. */
export function watch(sys: Sys): void {
  const interval = intervalMs(sys)
  let due = 0
  let seen: Seen | null = null
  const memory: Memory = { counters: newMemory(true), recorder: new Map(), table: new Map() }
  const look = () => {
    const early = due - sys.now()
    // Further off than that it is only when the host's clock was set back.
    if (early > 0 && early <= interval && seen !== null && !hasChanged(sys, seen)) return
    due = sys.now() + interval - LOOK_EARLY_MS
    const params = sampleOrEnd(sys, memory, seen === null)
    if (params === null) return
    seen = see(sys, params.ves)
    say(sys, { method: 'sample', params })
    keepRecords(sys, memory.counters)
    writeTable(sys, memory.counters, memory.table)
  }
  sys.every(Math.min(interval, LOOK_EVERY_MS), look, () => sys.exit(0))
}
