/** What a VE holds of each parameter now, and what the kernel itself kept count of: pure. */
import {
  BEANCOUNTER_NAMES,
  type BeancounterName,
  type Beancounters,
} from '../../../lib/contract/beancounters.ts'
import type { Asked } from './asked.ts'
import type { Counter, GroupNumbers } from './group-numbers.ts'
import type { ProcessMemory } from './processes.ts'
import type { Sockets } from './sockets.ts'

/** In the order of BEANCOUNTER_NAMES. `most` and `failures`: null where the kernel keeps none. */
export type Counts = { held: number[]; most: (number | null)[]; failures: (number | null)[] }

export const INDEX = Object.fromEntries(BEANCOUNTER_NAMES.map((name, index) => [name, index])) as Record<
  BeancounterName,
  number
>

export type Found = {
  group: GroupNumbers
  processes: ProcessMemory
  sockets: Sockets
  locks: number
  signals: number
  asked: Asked
}

const only = (held: number | null): Counter => ({ held, most: null, failures: null })
const NOT_COUNTED: Counter = { held: 0, most: 0, failures: 0 }

function sums(processes: ProcessMemory) {
  const sum = { data: 0, files: 0, terminals: 0 }
  for (const each of processes.values()) {
    sum.data += each.data
    sum.files += each.files
    sum.terminals += each.terminals
  }
  return sum
}

/** How often the kernel could not give the VE what it asked for, as far as it counts that. */
function memoryFailures(
  { memory, memoryAndSwap, countsHits }: GroupNumbers,
  swapLimit: number | null,
): number | null {
  if (!countsHits) return memory.failures
  // With swap, memory that is full is no refusal yet. Without, what bounds both together is met first.
  const both = memoryAndSwap.failures ?? 0
  return swapLimit === 0 ? (memory.failures ?? 0) + both : both
}

/** Nobody refuses what is not limited: a VE without swap fails to swap all the time. */
const unlessZero = (counter: Counter, limit: number | null): Counter =>
  limit === 0 ? { ...counter, failures: 0 } : counter

export function counts(found: Found, limits: Beancounters): Counts {
  const { group, sockets, asked } = found
  const { data, files, terminals } = sums(found.processes)
  const of: Record<BeancounterName, Counter> = {
    kmemsize: { ...group.kernel, failures: null },
    lockedpages: only(group.unevictable),
    privvmpages: only(data),
    shmpages: only(group.shared),
    numproc: group.processes,
    physpages: { ...group.memory, failures: memoryFailures(group, limits.swappages.limit) },
    vmguarpages: NOT_COUNTED,
    oomguarpages: { ...group.memoryAndSwap, failures: group.kills },
    numtcpsock: only(sockets.tcp),
    numflock: only(found.locks),
    numpty: only(terminals),
    numsiginfo: only(found.signals),
    tcpsndbuf: group.sockets,
    tcprcvbuf: group.sockets,
    othersockbuf: only(sockets.udpSendBytes + asked.localSendBytes),
    dgramrcvbuf: only(sockets.udpReceiveBytes),
    numothersock: only(sockets.other),
    dcachesize: only(group.reclaimable),
    numfile: only(files),
    numiptent: only(asked.rules),
    swappages: unlessZero(group.swap, limits.swappages.limit),
  }
  const rows = BEANCOUNTER_NAMES.map((name) => of[name])
  return {
    held: rows.map(({ held }) => held ?? 0),
    most: rows.map(({ most }) => most),
    failures: rows.map(({ failures }) => failures),
  }
}
