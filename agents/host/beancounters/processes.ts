/**
 * What the processes of a VE hold, each by two looks at /proc: statm, and how many descriptors it has. What takes more (its name, its
 * terminals) is looked up again only when it seems to have changed, and now and then in any case.
 */
import type { Sys } from '../sys/sys.ts'
import { peek, valueAfter } from './numbers.ts'

/** Bytes and counts of one process. `uid` as the host sees it, 0 of one that may not be looked into by its own user. */
export type ProcessLook = {
  pid: number
  uid: number
  resident: number
  /** Data and stack. */
  data: number
  files: number
  /** Pseudo-terminals that it made and holds. */
  terminals: number
  command: string
  /** Its statm: what tells, with `files`, that it is as it was. */
  mark: string
}

export type ProcessMemory = Map<number, ProcessLook>

/** One in so many is looked at closely even if nothing about it seems to have changed. */
const ROTATION = 6
/** Of all that a VE has so many descriptors are looked at, each time: a VE may have a million. */
const DESCRIPTORS_MOST = 4096
const COMMAND_LENGTH = 32

/** /dev/ptmx or the one of a devpts, each open description of which is a terminal's other end: see pts(4). */
const isTerminalMaster = (link: string | null) => link?.endsWith('/ptmx') === true

export function descriptorsOf(sys: Sys, pid: number, most = DESCRIPTORS_MOST): string[] {
  return sys.list(`/proc/${pid}/fd`).slice(0, most)
}

/** And, where only listing them counts them, so many are listed. */
const LISTED_MOST = 65_536
/** Who had no more the last time is listed without asking first. */
const FEW = 1024

/** How many descriptors of the VE may yet be looked at, and listed. */
type Budget = { links: number; listed: number }

/**
 * Before Linux 6.2. Of who has more than may be listed: how many its table has room for (proc_pid_status(5)), which is as many or more;
 * a table that processes share would else be listed for each of them.
 */
function countDescriptors(sys: Sys, pid: number, before: number | undefined, budget: Budget): number {
  if (before === undefined || before > FEW || budget.listed <= 0) {
    const room = valueAfter(peek(sys, `/proc/${pid}/status`), 'FDSize:\t')
    if (room !== null && room > budget.listed) return room
  }
  const { length } = sys.list(`/proc/${pid}/fd`)
  budget.listed -= length
  return length
}

/** None of who has more descriptors than may be listed. */
function terminals(sys: Sys, pid: number, files: number, budget: Budget): number {
  if (budget.links === 0 || files === 0 || files > LISTED_MOST) return 0
  const descriptors = descriptorsOf(sys, pid, budget.links)
  budget.links -= descriptors.length
  let count = 0
  for (const fd of descriptors) if (isTerminalMaster(sys.readlink(`/proc/${pid}/fd/${fd}`))) count += 1
  return count
}

/** A program names itself as it likes: what is no letter of ASCII is left out. */
export function printable(name: string): string {
  return name.replace(/[^\x20-\x7e]+/g, '?').slice(0, COMMAND_LENGTH)
}

/** Since Linux 6.2 the size of /proc/PID/fd is the number of descriptors; the agent has some itself. */
export const tellsDescriptors = (sys: Sys) => (sys.stat('/proc/self/fd')?.sizeBytes ?? 0) > 0

export type LookOptions = { pageBytes: number; fdSizes: boolean; turn: number }

function look(
  sys: Sys,
  pid: number,
  before: ProcessLook | undefined,
  { pageBytes, fdSizes, turn, budget }: LookOptions & { budget: Budget },
): ProcessLook | null {
  const folder = sys.stat(`/proc/${pid}/fd`)
  if (folder === null) return null
  const mark = peek(sys, `/proc/${pid}/statm`)
  const files = fdSizes ? folder.sizeBytes : countDescriptors(sys, pid, before?.files, budget)
  const { uid } = folder
  const same = before?.mark === mark && before.files === files && before.uid === uid
  if (same && (pid + turn) % ROTATION !== 0) return before
  const [, resident, , , , data] = mark.split(' ')
  return {
    ...{ pid, uid, files, mark },
    resident: Number(resident ?? 0) * pageBytes,
    data: Math.min(Number(data ?? 0) * pageBytes, Number.MAX_SAFE_INTEGER),
    terminals: terminals(sys, pid, files, budget),
    command: printable(peek(sys, `/proc/${pid}/comm`).trimEnd()),
  }
}

/** Those that have ended meanwhile are left out. */
export function lookAtProcesses(
  sys: Sys,
  pids: readonly number[],
  before: ProcessMemory,
  options: LookOptions,
): ProcessMemory {
  const found: ProcessMemory = new Map()
  const looking = { ...options, budget: { links: DESCRIPTORS_MOST, listed: LISTED_MOST } }
  for (const pid of pids) {
    const seen = look(sys, pid, before.get(pid), looking)
    if (seen !== null) found.set(pid, seen)
  }
  return found
}
