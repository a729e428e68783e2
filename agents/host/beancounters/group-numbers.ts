/**
 * What the control groups of a VE count: cgroup v1 memory.rst, v2 cgroup-v2.rst and pids.rst of the kernel's documentation. As few
 * files as there can be; one that a kernel does not have gives null.
 */
import { ROOT } from '../resources/cgroup.ts'
import type { Sys } from '../sys/sys.ts'
import { peek, readNumber, valueAfter } from './numbers.ts'

/** Bytes and counts now, the most of each since the group was made, and how often it was refused. */
export type Counter = { held: number | null; most: number | null; failures: number | null }

export type GroupNumbers = {
  memory: Counter
  /** v1 counts as a failure of memory also the times when dropping files from the cache was enough: they are no refusals. */
  countsHits: boolean
  swap: Counter
  memoryAndSwap: Counter
  kernel: Counter
  /** Buffers of sockets, both directions. */
  sockets: Counter
  processes: Counter
  /** Bytes of memory.stat. `fileCache` is what the kernel can take back. */
  unevictable: number
  shared: number
  reclaimable: number | null
  fileCache: number
  kills: number
}

const held = (value: number | null): Counter => ({ held: value, most: null, failures: null })
const sum = (a: number | null, b: number | null) => (a === null || b === null ? null : a + b)

function processes(sys: Sys, folder: string): Counter {
  return {
    held: readNumber(sys, `${folder}/pids.current`),
    most: readNumber(sys, `${folder}/pids.peak`),
    failures: valueAfter(peek(sys, `${folder}/pids.events`), 'max '),
  }
}

export function groupNumbersV1(sys: Sys, path: string): GroupNumbers {
  const memory = `${ROOT}/memory${path}/memory`
  const stat = peek(sys, `${memory}.stat`)
  const of = (name: string) => valueAfter(stat, `total_${name} `) ?? 0
  const counter = (prefix: string): Counter => ({
    held: readNumber(sys, `${prefix}usage_in_bytes`),
    most: readNumber(sys, `${prefix}max_usage_in_bytes`),
    failures: readNumber(sys, `${prefix}failcnt`),
  })
  const alone = counter(`${memory}.`)
  const both = counter(`${memory}.memsw.`)
  return {
    memory: alone,
    countsHits: true,
    swap: held(of('swap')),
    memoryAndSwap: both.held === null ? alone : both,
    kernel: counter(`${memory}.kmem.`),
    sockets: counter(`${memory}.kmem.tcp.`),
    processes: processes(sys, `${ROOT}/pids${path}`),
    unevictable: of('unevictable'),
    shared: of('shmem'),
    reclaimable: null,
    fileCache: of('active_file') + of('inactive_file'),
    kills: valueAfter(peek(sys, `${memory}.oom_control`), 'oom_kill ') ?? 0,
  }
}

export function groupNumbersV2(sys: Sys, path: string): GroupNumbers {
  const folder = `${ROOT}${path}`
  const number = (name: string) => readNumber(sys, `${folder}/${name}`)
  const stat = peek(sys, `${folder}/memory.stat`)
  const of = (name: string) => valueAfter(stat, `${name} `) ?? 0
  const events = peek(sys, `${folder}/memory.events`)
  const memory = number('memory.current')
  const swap = number('memory.swap.current')
  return {
    memory: { held: memory, most: number('memory.peak'), failures: valueAfter(events, 'oom ') },
    countsHits: false,
    swap: {
      held: swap,
      most: number('memory.swap.peak'),
      failures: valueAfter(peek(sys, `${folder}/memory.swap.events`), 'max '),
    },
    memoryAndSwap: held(sum(memory, swap ?? 0)),
    kernel: held(valueAfter(stat, 'kernel ') ?? of('kernel_stack') + of('pagetables') + of('slab')),
    sockets: held(of('sock')),
    processes: processes(sys, folder),
    unevictable: of('unevictable'),
    shared: of('shmem'),
    reclaimable: of('slab_reclaimable'),
    fileCache: of('active_file') + of('inactive_file'),
    kills: valueAfter(events, 'oom_kill ') ?? 0,
  }
}
