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
function memoryFailures(group: GroupNumbers, swapLimit: number | null): number | null {
  if (!group.countsHits) return group.memory.failures
  // With swap, memory that is full is no refusal yet. Without, what bounds both together is met first.
  const alone = swapLimit === 0 ? (group.memory.failures ?? 0) : 0
  return alone + group.memoryAndSwapFailures
}

/** Address space costs nothing: what programs of a VE have of it together may be more than a whole number can say. */
const sayable = (value: number) => Math.min(value, Number.MAX_SAFE_INTEGER)

type Three = [held: number | null, most?: number | null, failures?: number | null]

const three = ({ held, most, failures }: Counter): Three => [held, most, failures]

export function counts(
  { group, processes, sockets, locks, signals, asked }: Found,
  limits: Beancounters,
): Counts {
  const { data, files, terminals } = sums(processes)
  const { memory, swap } = group
  const swapLimit = limits.swappages.limit
  // Nobody refuses what there is none of: a VE without swap fails to swap all the time.
  const swapFailures = swapLimit === 0 ? 0 : swap.failures
  const of: Record<BeancounterName, Three> = {
    kmemsize: three(group.kernel),
    lockedpages: [group.unevictable],
    privvmpages: [data],
    shmpages: [group.shared],
    numproc: three(group.processes),
    physpages: [memory.held, memory.most, memoryFailures(group, swapLimit)],
    vmguarpages: [0, 0, 0],
    oomguarpages: [(memory.held ?? 0) + (swap.held ?? 0), memory.most, group.kills],
    numtcpsock: [sockets.tcp],
    numflock: [locks],
    numpty: [terminals],
    numsiginfo: [signals],
    tcpsndbuf: three(group.sockets),
    tcprcvbuf: three(group.sockets),
    othersockbuf: [sockets.udpSendBytes + asked.localSendBytes],
    dgramrcvbuf: [sockets.udpReceiveBytes],
    numothersock: [sockets.other],
    dcachesize: [group.reclaimable],
    numfile: [files],
    numiptent: [asked.rules],
    swappages: [swap.held, swap.most, swapFailures],
  }
  const found: Counts = { held: [], most: [], failures: [] }
  for (const name of BEANCOUNTER_NAMES) {
    const [held, most = null, failures = null] = of[name]
    found.held.push(sayable(held ?? 0))
    found.most.push(most === null ? null : sayable(most))
    found.failures.push(failures)
  }
  return found
}
