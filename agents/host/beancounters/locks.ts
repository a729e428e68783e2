/** File locks: /proc/locks names each with the process that took it (proc_locks(5)). Read once for all VEs. */
import type { Sys } from '../sys/sys.ts'
import { peekLong } from './numbers.ts'

/**
 * About 5,000 locks. While the list is read the kernel lets nobody on the host lock anything, and each page of it takes as long as all
 * pages before: 20,000 locks were measured to take 1.5 s.
 */
const BYTES_MOST = 256 * 1024

const KINDS = ['FLOCK ', 'POSIX ', 'OFDLCK']
const KIND_LENGTH = 6
/** From the kind to the process: both are in columns (lock_get_status() of fs/locks.c). */
const PROCESS_OFFSET = 23
const PROCESS_LENGTH = 11

/**
 * Pure: locks by process. Those of an open file description (F_OFD_SETLK) belong to no process: theirs is -1. One that waits for
 * another ("->") is no lock yet; leases and delegations are none. A VE may have as many as it likes, and this is done with each look:
 * so lines are not taken apart, which would take fifteen times as long.
 */
export function parseLocks(text: string): Map<number, number> {
  const byProcess = new Map<number, number>()
  for (let at = 0; ; ) {
    const end = text.indexOf('\n', at)
    if (end < 0) return byProcess
    const kind = text.indexOf(': ', at) + 2
    if (KINDS.includes(text.slice(kind, kind + KIND_LENGTH))) {
      const pid = Number.parseInt(
        text.slice(kind + PROCESS_OFFSET, kind + PROCESS_OFFSET + PROCESS_LENGTH),
        10,
      )
      byProcess.set(pid, (byProcess.get(pid) ?? 0) + 1)
    }
    at = end + 1
  }
}

export const readLocks = (sys: Sys) => parseLocks(peekLong(sys, '/proc/locks', BYTES_MOST))
