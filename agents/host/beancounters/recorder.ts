/**
 * The flight recorder: when a limit refuses something, the minute before it and who held most. Told again after a crash rather than not
 * at all: what was told is written down after it has been said, and an event's id is made of what it tells.
 */
import { BEANCOUNTER_NAMES } from '../../../lib/contract/beancounters.ts'
import {
  LIMIT_EVENT_HOLDERS,
  LIMIT_EVENT_SECONDS,
  type LimitEvent,
} from '../../../lib/contract/limit-event.ts'
import type { Sys } from '../sys/sys.ts'
import { INDEX } from './counts.ts'
import { type Holder, holders, most } from './holders.ts'
import { victims } from './kernel-log.ts'
import type { ProcessLook } from './processes.ts'
import type { CounterMemory, RunningVe, VeMemory } from './sample.ts'

const MINUTE_MS = LIMIT_EVENT_SECONDS * 1000
/** More than these wait for the next look. */
const EVENTS_MOST = 24
/** Of the minute before, at most one look a second. */
const APART_MS = 1000
const KILLS = INDEX.oomguarpages
const MEMORY = INDEX.physpages

type Look = { at: number; held: readonly number[] }
type VeHistory = { run: string; looks: Look[]; toldAt: number[] }

/** By VE. */
export type Recorder = Map<number, VeHistory>

function historyOf(recorder: Recorder, veid: number, run: string): VeHistory {
  const known = recorder.get(veid)
  return known?.run === run ? known : { run, looks: [], toldAt: [] }
}

/** Which parameters have refusals that are yet to be told. A kill tells of the memory that was full, too. */
export function untold({ record }: Pick<VeMemory, 'record'>): number[] {
  const news = BEANCOUNTER_NAMES.flatMap((_, index) =>
    (record.failures[index] ?? 0) > (record.told[index] ?? 0) ? [index] : [],
  )
  return news.includes(KILLS) ? news.filter((index) => index !== MEMORY) : news
}

/** Those that were killed are looked for where they were seen last, too. */
function killedHolders(sys: Sys, veid: number, known: VeMemory, kills: number): Holder[] {
  const killed = victims(sys, veid, Math.min(kills, LIMIT_EVENT_HOLDERS))
  const all = new Map<number, ProcessLook>()
  for (const each of [...known.processesBefore.values(), ...known.processes.values()]) {
    if (each.resident >= (all.get(each.pid)?.resident ?? 0)) all.set(each.pid, each)
  }
  const others = holders(sys, 'physpages', [...all.values()])
  return most([...killed, ...others.filter(({ pid }) => killed.every((each) => each.pid !== pid))])
}

type Place = { sys: Sys; at: number; bootId: string }

function eventOf(
  { sys, at, bootId }: Place,
  ve: RunningVe,
  known: VeMemory,
  looks: readonly Look[],
  index: number,
): LimitEvent {
  const { record, counts, limits } = known
  const { veid, uuid } = ve.spec
  const isKill = index === KILLS
  const shown = isKill ? MEMORY : index
  const parameter = BEANCOUNTER_NAMES[shown] ?? 'physpages'
  const { barrier, limit } = limits[parameter]
  const told = record.told[index] ?? 0
  const refusals = (record.failures[index] ?? 0) - told
  // Where the kernel counts, what it refused came on top of the most that was held: now some of that may be gone.
  const counted = typeof counts.failures[index] === 'number'
  const peak = counted ? Math.min(record.most[shown] ?? 0, limit ?? Number.POSITIVE_INFINITY) : 0
  return {
    ...{ veid, uuid, at, parameter, barrier, limit, refusals },
    id: `${bootId}:${record.run}:${isKill ? 'killed' : parameter}:${told + 1}`,
    kind: isKill ? 'killed' : 'refused',
    held: Math.max(counts.held[shown] ?? 0, peak),
    before: looks.map((look) => ({ at: look.at, held: look.held[shown] ?? 0 })),
    holders: isKill
      ? killedHolders(sys, veid, known, refusals)
      : holders(sys, parameter, [...known.processes.values()]),
  }
}

/** Of a clock that was set back nothing is known. */
const isWithinMinute = (now: number, at: number) => now >= at && now - at <= MINUTE_MS

/** After each look: what limits refused since they last told. Of one parameter of a VE at most once a minute; then of all since. */
export function tellEvents(
  place: Place,
  recorder: Recorder,
  memory: CounterMemory,
  running: readonly RunningVe[],
): LimitEvent[] {
  const events: LimitEvent[] = []
  const histories = new Map<number, VeHistory>()
  for (const ve of running) {
    const { veid } = ve.spec
    const known = memory.ves.get(veid)
    if (known === undefined) continue
    const history = historyOf(recorder, veid, known.record.run)
    const looks = history.looks.filter(({ at }) => isWithinMinute(place.at, at))
    for (const index of untold(known)) {
      if (events.length >= EVENTS_MOST || isWithinMinute(place.at, history.toldAt[index] ?? Infinity))
        continue
      events.push(eventOf(place, ve, known, looks, index))
      history.toldAt[index] = place.at
      known.record = { ...known.record, told: told(known, index) }
    }
    if (place.at - (looks.at(-1)?.at ?? 0) >= APART_MS) looks.push({ at: place.at, held: known.counts.held })
    histories.set(veid, { ...history, looks })
  }
  recorder.clear()
  for (const [veid, history] of histories) recorder.set(veid, history)
  return events
}

function told({ record }: VeMemory, index: number): number[] {
  return record.told.map((each, other) =>
    other === index || (index === KILLS && other === MEMORY) ? (record.failures[other] ?? each) : each,
  )
}
