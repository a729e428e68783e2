/** What the flight recorder saw, in words that a VE's owner understands, and limits that would have let it pass. Browser-safe and pure. */

import { mendBeancounters } from '../contract/beancounter-formulas.ts'
import type { BeancounterName, BeancounterPair } from '../contract/beancounters.ts'
import { BEANCOUNTERS } from '../contract/beancounters.ts'
import type { LimitEvent } from '../contract/limit-event.ts'
import { formatBytes, formatCount, KIB, MIB } from '../contract/units.ts'
import {
  beancountersOf,
  contradictions,
  OTHER_BEANCOUNTERS,
  type VeLimits,
  type VeLimitsPart,
  veLimits,
  withBeancounters,
} from '../contract/ve-limits.ts'

type Told = Pick<LimitEvent, 'kind' | 'parameter' | 'held' | 'barrier' | 'limit' | 'refusals' | 'holders'>

/** What a refusal meant inside. */
const REFUSED: Record<BeancounterName, string> = {
  kmemsize: 'The kernel had no memory left to work for it',
  lockedpages: 'A program could not lock memory',
  privvmpages: 'A program was not given the memory it asked for',
  shmpages: 'No more shared memory could be had, and files in memory could not grow',
  numproc: 'No further process could be started',
  physpages: 'It came to its memory limit, and the kernel had to take memory back',
  vmguarpages: 'Its memory guarantee was not enough',
  oomguarpages: 'Memory was short on its host, and it held more than it is guaranteed',
  numtcpsock: 'No further TCP connection could be made',
  numflock: 'A program could not lock a file',
  numpty: 'No further terminal could be opened',
  numsiginfo: 'A signal could not be sent',
  tcpsndbuf: 'TCP connections could not send as fast as they wanted',
  tcprcvbuf: 'TCP connections could not receive as fast as they wanted',
  othersockbuf: 'Local and UDP sockets could not send',
  dgramrcvbuf: 'Datagrams that came in were thrown away',
  numothersock: 'No further socket could be opened',
  dcachesize: 'The kernel could not look up more file names',
  numfile: 'No further file could be opened',
  numiptent: 'No further packet filter rule could be made',
  swappages: 'Nothing more could be moved from memory to swap',
}

const HOLDERS_NAMED = 3

/** "No further process could be started: it held 1,024 of at most 1,024 (12 times). Most of it: apache2 (812), cron (20)." */
export function limitEventText(event: Told): string {
  const { kind, parameter, held, barrier, limit, refusals, holders } = event
  const words = (value: number) =>
    BEANCOUNTERS[parameter].unit === 'items' ? formatCount(value) : formatBytes(value)
  const promise = BEANCOUNTERS[parameter].pair === 'guarantee'
  const bound = promise ? barrier : (limit ?? barrier)
  const of = bound === null ? '' : promise ? `, ${words(bound)} guaranteed` : ` of at most ${words(bound)}`
  const what = kind === 'killed' ? 'The kernel killed a process of it' : REFUSED[parameter]
  const times = refusals > 1 ? ` (${formatCount(refusals)} times)` : ''
  const noun = BEANCOUNTERS[parameter].label.toLowerCase()
  const named = holders
    .slice(0, HOLDERS_NAMED)
    .map(({ command, held: part }) => `${command} (${words(part)})`)
    .join(', ')
  const who = named === '' ? '' : ` Most of it: ${named}.`
  return `${what}: ${noun}, ${words(held)}${of}${times}.${who}`
}

/** So much more than it wanted: the next one should not hit it at once. */
const ROOM = 1.25

/**
 * The least that would have let it pass with some room, and what the formulas ask for beside it; null where the limit is that high
 * already, or nothing that can be set would help.
 */
export function limitProposal(event: Told, limits: VeLimits): VeLimitsPart | null {
  const { parameter } = event
  const set = beancountersOf(limits)
  const raised = raisedPair(event, set[parameter], limits)
  if (!raised) return null
  const after = withBeancounters(limits, mendBeancounters({ ...set, [parameter]: raised }))
  if (!veLimits.safeParse(after).success || Object.keys(contradictions(after)).length > 0) return null
  return partBetween(limits, after)
}

function raisedPair(
  { parameter, held }: Told,
  now: BeancounterPair,
  limits: VeLimits,
): BeancounterPair | null {
  const wanted = (value: number) => roundUp(parameter, value * ROOM)
  const { barrier, limit } = now
  switch (BEANCOUNTERS[parameter].pair) {
    case 'equal':
      return limit === null || limit >= wanted(held) ? null : { barrier: wanted(held), limit: wanted(held) }
    case 'limit':
      return limit === null || limit >= wanted(held) ? null : { barrier, limit: wanted(held) }
    case 'guarantee': {
      const most = Math.min(wanted(held), limits.memoryBytes)
      return barrier === null || barrier >= most ? null : { barrier: most, limit }
    }
    case 'ordered':
      if (barrier === null || barrier >= wanted(held)) return null
      return { barrier: wanted(held), limit: limit === null ? null : Math.max(limit, wanted(wanted(held))) }
  }
}

/** Numbers that a person would have chosen. */
function roundUp(name: BeancounterName, value: number): number {
  const unit = BEANCOUNTERS[name].unit === 'items' ? (value < 100 ? 1 : 10) : value < 4 * MIB ? 4 * KIB : MIB
  return Math.ceil(value / unit) * unit
}

/** What differs. */
function partBetween(before: VeLimits, after: VeLimits): VeLimitsPart {
  const { beancounters: _, ...flat } = after
  const fields = Object.entries(flat).filter(([field, value]) => before[field as keyof typeof flat] !== value)
  const names = OTHER_BEANCOUNTERS.filter(
    (name) => JSON.stringify(before.beancounters[name]) !== JSON.stringify(after.beancounters[name]),
  )
  const beancounters = Object.fromEntries(names.map((name) => [name, after.beancounters[name]]))
  return { ...(Object.fromEntries(fields) as VeLimitsPart), ...(names.length > 0 ? { beancounters } : {}) }
}
