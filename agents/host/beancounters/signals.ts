/** Queued signals: SigQ of /proc/PID/status counts those of the process's real user, in its user namespace (proc_pid_status(5)). */
import type { Sys } from '../sys/sys.ts'
import { peek, valueAfter } from './numbers.ts'
import type { ProcessMemory } from './processes.ts'

/** Pure: the real user of a process, and how many signals are queued for that user's processes. */
export function parseSignals(status: string): { uid: number; queued: number } | null {
  const uid = valueAfter(status, 'Uid:\t')
  const queued = valueAfter(status, 'SigQ:\t')
  return uid === null || queued === null ? null : { uid, queued }
}

/** One process of each user is asked; all of those that hide whose they are. */
export function queuedSignals(sys: Sys, processes: ProcessMemory): number {
  const asked = new Set<number>()
  const users = new Map<number, number>()
  for (const { pid, uid } of processes.values()) {
    if (uid !== 0 && asked.has(uid)) continue
    asked.add(uid)
    const found = parseSignals(peek(sys, `/proc/${pid}/status`))
    if (found !== null) users.set(found.uid, Math.max(users.get(found.uid) ?? 0, found.queued))
  }
  let sum = 0
  for (const queued of users.values()) sum += queued
  return sum
}
