import type { Sys } from './sys.ts'

/** A process for certain: a pid is used again, a pid with its start time (clock ticks since boot) is not. */
export type ProcessIdentity = { pid: number; startTicks: number }

/** Fields of /proc/PID/stat after the command, which may itself hold spaces and parentheses (proc_pid_stat(5)). */
export function parseProcStat(text: string): { state: string; session: number; startTicks: number } | null {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const startTicks = Number(fields[19])
  const [state] = fields
  return state === undefined || !Number.isFinite(startTicks)
    ? null
    : { state, session: Number(fields[3]), startTicks }
}

/** Start time of a living process; null when it has ended, reaped or not. */
export function startTicks(sys: Sys, pid: number): number | null {
  let text: string | null
  try {
    text = sys.readShort(`/proc/${pid}/stat`)
  } catch {
    return null // it ended between open and read (ESRCH)
  }
  const stat = text === null ? null : parseProcStat(text)
  return stat === null || stat.state === 'Z' || stat.state === 'X' ? null : stat.startTicks
}

export function isAlive(sys: Sys, process: ProcessIdentity): boolean {
  return startTicks(sys, process.pid) === process.startTicks
}

export function ownIdentity(sys: Sys): ProcessIdentity {
  return { pid: sys.pid, startTicks: startTicks(sys, sys.pid) ?? 0 }
}
