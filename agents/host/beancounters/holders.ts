/** The processes of a VE that hold most of a parameter: looked for only when its limit refused something. */
import type { BeancounterName } from '../../../lib/contract/beancounters.ts'
import { LIMIT_EVENT_HOLDERS, type LimitEvent } from '../../../lib/contract/limit-event.ts'
import { KIB } from '../../../lib/contract/units.ts'
import type { Sys } from '../sys/sys.ts'
import { readLocks } from './locks.ts'
import { peek, valueAfter } from './numbers.ts'
import { descriptorsOf, type ProcessLook } from './processes.ts'

export type Holder = LimitEvent['holders'][number]

/** Of the largest so many are asked, where asking takes more than was seen already. */
const ASKED_MOST = 64

/** What one process holds, and what tells which are worth asking. */
type Measure = { of(sys: Sys, process: ProcessLook): number; by?: 'files' | 'resident' }

const status = (key: string): Measure => ({
  of: (sys, { pid }) => (valueAfter(peek(sys, `/proc/${pid}/status`), `${key}:\t`) ?? 0) * KIB,
  by: 'resident',
})
const seen = (key: 'resident' | 'data' | 'files' | 'terminals'): Measure => ({
  of: (_, process) => process[key],
})

/** Of all that are asked so many descriptors are listed, and one process's whatever it has: a VE may have a million in each. */
const LISTED_MOST = 65_536

function sockets(): Measure {
  let left = LISTED_MOST
  const isSocket = (sys: Sys, pid: number, fd: string) =>
    sys.readlink(`/proc/${pid}/fd/${fd}`)?.startsWith('socket:')
  return {
    of: (sys, { pid, files }) => {
      if (left <= 0) return 0
      left -= files
      return descriptorsOf(sys, pid).filter((fd) => isSocket(sys, pid, fd)).length
    },
    by: 'files',
  }
}

function locks(sys: Sys): Measure {
  const byProcess = readLocks(sys)
  return { of: (_, { pid }) => byProcess.get(pid) ?? 0 }
}

/** Null of what the kernel holds for the VE as a whole. */
const MEASURES: Record<BeancounterName, ((sys: Sys) => Measure) | null> = {
  kmemsize: null,
  lockedpages: () => status('VmLck'),
  privvmpages: () => seen('data'),
  shmpages: () => status('RssShmem'),
  numproc: null,
  physpages: () => seen('resident'),
  vmguarpages: null,
  oomguarpages: () => seen('resident'),
  numtcpsock: sockets,
  numflock: locks,
  numpty: () => seen('terminals'),
  numsiginfo: null,
  tcpsndbuf: sockets,
  tcprcvbuf: sockets,
  othersockbuf: sockets,
  dgramrcvbuf: sockets,
  numothersock: sockets,
  dcachesize: null,
  numfile: () => seen('files'),
  numiptent: null,
  swappages: () => status('VmSwap'),
}

/** Most first. */
export function most(holders: readonly Holder[]): Holder[] {
  return holders
    .filter(({ held }) => held > 0)
    .toSorted((a, b) => b.held - a.held || a.pid - b.pid)
    .slice(0, LIMIT_EVENT_HOLDERS)
}

/** Of processes each is one: those of one name together, by the first of them. */
function byCommand(processes: readonly ProcessLook[]): Holder[] {
  const found = new Map<string, Holder>()
  for (const { pid, command } of processes) {
    const known = found.get(command)
    found.set(command, { pid: Math.min(pid, known?.pid ?? pid), command, held: (known?.held ?? 0) + 1 })
  }
  return most([...found.values()])
}

export function holders(sys: Sys, parameter: BeancounterName, processes: readonly ProcessLook[]): Holder[] {
  if (parameter === 'numproc') return byCommand(processes)
  const measure = MEASURES[parameter]?.(sys)
  if (measure === undefined) return []
  const { by } = measure
  const asked = by ? processes.toSorted((a, b) => b[by] - a[by]).slice(0, ASKED_MOST) : processes
  return most(
    asked.map((process) => ({
      pid: process.pid,
      command: process.command,
      held: measure.of(sys, process),
    })),
  )
}
