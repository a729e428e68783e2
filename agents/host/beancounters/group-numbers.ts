/**
 * What the control groups of a VE count: cgroup v1 memory.rst, v2 cgroup-v2.rst and pids.rst of the kernel's documentation. Of hundreds of
 * VEs every ten seconds, so a file is not read when another tells already what is in it; one that a kernel does not have gives null.
 */
import type { Beancounters } from '../../../lib/contract/beancounters.ts'
import { ROOT } from '../resources/cgroup.ts'
import type { Sys } from '../sys/sys.ts'
import { peek, readNumber, valueAfter } from './numbers.ts'

/** Bytes and counts now, the most of each since the group was made, and how often it was refused. */
export type Counter = { held: number | null; most: number | null; failures: number | null }

export type GroupNumbers = {
  memory: Counter
  /** Of v1, where memory and swap are bounded together too: how often that bound was met. */
  memoryAndSwapFailures: number
  /** v1 counts as a failure of memory also the times when dropping files from the cache was enough: they are no refusals. */
  countsHits: boolean
  swap: Counter
  kernel: Counter
  /** Buffers of sockets, both directions. */
  sockets: Counter
  /** Its failures are null where its limit was never met, and may become fewer: they go with groups below. */
  processes: Counter
  /** Bytes of memory.stat. `fileCache` is what the kernel can take back. */
  unevictable: number
  shared: number
  reclaimable: number | null
  fileCache: number
  kills: number
}

/** What the group is limited to, as far as that tells which files need not be read. */
type GroupLimits = { memory: number | null; swap: number | null; processes: number | null }

const NONE: Counter = { held: 0, most: 0, failures: 0 }
/** The kernel asks for memory by up to one huge page at a time: below its limit by more than that a group was never refused any. */
const STEP_BYTES = 4 * 1024 * 1024

const held = (value: number | null): Counter => ({ held: value, most: null, failures: null })

/** A group that never held as many as it may was never refused one. */
const wasFull = (most: number | null, limit: number | null, step: number) =>
  most === null || (limit !== null && most + step >= limit)

/** Of groups that a VE made so many are read: it may make as many as it likes. */
const BELOW_MOST = 1000

/**
 * How often forks were refused. Since Linux 6.11 the group of v2 whose limit it was has all of them; before, and on v1, each group has
 * those of its own processes, whichever limit it was (commit 73e75e6fc352, which came with pids.events.local).
 */
function refusedForks(sys: Sys, folder: string, below: readonly string[]): number | null {
  const refused = (group: string) => valueAfter(peek(sys, `${group}/pids.events`), 'max ')
  const own = refused(folder)
  if (own === null || sys.stat(`${folder}/pids.events.local`) !== null) return own
  return below.slice(0, BELOW_MOST).reduce((sum, group) => sum + (refused(group) ?? 0), own)
}

function processes(
  sys: Sys,
  folder: string,
  { processes: limit }: GroupLimits,
  below: readonly string[],
): Counter {
  const most = readNumber(sys, `${folder}/pids.peak`)
  return {
    held: readNumber(sys, `${folder}/pids.current`),
    most,
    failures: limit !== null && wasFull(most, limit, 0) ? refusedForks(sys, folder, below) : null,
  }
}

/** Where nothing was ever counted, nothing is held and nothing was refused. */
function usedCounter(sys: Sys, prefix: string): Counter {
  const most = readNumber(sys, `${prefix}max_usage_in_bytes`)
  if (most === 0) return NONE
  return {
    held: readNumber(sys, `${prefix}usage_in_bytes`),
    most,
    failures: readNumber(sys, `${prefix}failcnt`),
  }
}

function groupNumbersV1(sys: Sys, path: string, limits: GroupLimits, below: readonly string[]): GroupNumbers {
  const memory = `${ROOT}/memory${path}/memory`
  const stat = peek(sys, `${memory}.stat`)
  const of = (name: string) => valueAfter(stat, `total_${name} `) ?? 0
  const most = readNumber(sys, `${memory}.max_usage_in_bytes`)
  const full = wasFull(most, limits.memory, STEP_BYTES)
  return {
    memory: {
      held: readNumber(sys, `${memory}.usage_in_bytes`),
      most,
      failures: full ? readNumber(sys, `${memory}.failcnt`) : 0,
    },
    memoryAndSwapFailures: full ? (readNumber(sys, `${memory}.memsw.failcnt`) ?? 0) : 0,
    countsHits: true,
    swap: held(of('swap')),
    kernel: {
      held: readNumber(sys, `${memory}.kmem.usage_in_bytes`),
      most: readNumber(sys, `${memory}.kmem.max_usage_in_bytes`),
      failures: null,
    },
    sockets: usedCounter(sys, `${memory}.kmem.tcp.`),
    processes: processes(sys, `${ROOT}/pids${path}`, limits, below),
    unevictable: of('unevictable'),
    shared: of('shmem'),
    reclaimable: null,
    fileCache: of('active_file') + of('inactive_file'),
    kills: valueAfter(peek(sys, `${memory}.oom_control`), 'oom_kill ') ?? 0,
  }
}

/** Who may not swap may yet have swapped before. */
function swapV2(sys: Sys, folder: string, limit: number | null): Counter {
  const now = readNumber(sys, `${folder}/memory.swap.current`)
  if (limit === 0) return held(now)
  return {
    held: now,
    most: readNumber(sys, `${folder}/memory.swap.peak`),
    failures: valueAfter(peek(sys, `${folder}/memory.swap.events`), 'max '),
  }
}

function groupNumbersV2(sys: Sys, path: string, limits: GroupLimits, below: readonly string[]): GroupNumbers {
  const folder = `${ROOT}${path}`
  const stat = peek(sys, `${folder}/memory.stat`)
  const of = (name: string) => valueAfter(stat, `${name} `) ?? 0
  const events = peek(sys, `${folder}/memory.events`)
  return {
    memory: {
      held: readNumber(sys, `${folder}/memory.current`),
      most: readNumber(sys, `${folder}/memory.peak`),
      failures: valueAfter(events, 'oom '),
    },
    memoryAndSwapFailures: 0,
    countsHits: false,
    swap: swapV2(sys, folder, limits.swap),
    kernel: held(valueAfter(stat, 'kernel ') ?? of('kernel_stack') + of('pagetables') + of('slab')),
    sockets: held(of('sock')),
    processes: processes(sys, folder, limits, below),
    unevictable: of('unevictable'),
    shared: of('shmem'),
    reclaimable: of('slab_reclaimable'),
    fileCache: of('active_file') + of('inactive_file'),
    kills: valueAfter(events, 'oom_kill ') ?? 0,
  }
}

/** `below`: the groups that the VE made, in the hierarchy of v2 or in that of v1's pids. */
export function groupNumbers(
  sys: Sys,
  version: 1 | 2,
  path: string,
  { physpages, swappages, numproc }: Pick<Beancounters, 'physpages' | 'swappages' | 'numproc'>,
  below: readonly string[],
): GroupNumbers {
  const limits = { memory: physpages.limit, swap: swappages.limit, processes: numproc.limit }
  return version === 1 ? groupNumbersV1(sys, path, limits, below) : groupNumbersV2(sys, path, limits, below)
}
