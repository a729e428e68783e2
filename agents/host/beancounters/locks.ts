/** File locks: /proc/locks names each with the process that took it (proc_locks(5)). Read once for all VEs. */
import type { Sys } from '../sys/sys.ts'
import { peekLong } from './numbers.ts'

/** About 100,000 locks. */
const BYTES_MOST = 6 * 1024 * 1024

/**
 * Pure: locks by process. Those of an open file description (F_OFD_SETLK) belong to no process: theirs is -1. One that waits for
 * another ("->") is no lock yet; leases and delegations are none.
 */
export function parseLocks(text: string): Map<number, number> {
  const byProcess = new Map<number, number>()
  for (const line of text.split('\n')) {
    const words = line.split(/\s+/)
    const kind = words[1]
    if (kind !== 'FLOCK' && kind !== 'POSIX' && kind !== 'OFDLCK') continue
    const pid = Number(words[4])
    byProcess.set(pid, (byProcess.get(pid) ?? 0) + 1)
  }
  return byProcess
}

export const readLocks = (sys: Sys) => parseLocks(peekLong(sys, '/proc/locks', BYTES_MOST))
