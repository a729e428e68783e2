import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** A process for certain: the pid alone may have been given to another one since. */
export type ProcessIdentity = { pid: number; startedAt: string }

/**
 * An opaque text that differs between two processes that had the same pid: clock ticks since boot on Linux,
 * the start time that ps prints elsewhere. Undefined when there is no such process (a zombie counts as none).
 */
export function processStartedAt(pid: number): string | undefined {
  if (!Number.isInteger(pid) || pid <= 0) return undefined
  if (process.platform !== 'linux') {
    const ps = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' })
    return ps.stdout?.trim() || undefined
  }
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The second field is the program's name in parentheses and may itself hold spaces and parentheses.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' ? undefined : fields[19]
  } catch {
    return undefined
  }
}

export function identityOf(pid: number): ProcessIdentity | undefined {
  const startedAt = processStartedAt(pid)
  return startedAt === undefined ? undefined : { pid, startedAt }
}

export const isAlive = (identity: ProcessIdentity) => processStartedAt(identity.pid) === identity.startedAt

/** Sends a signal to exactly this process; false if it is gone. */
export function signalProcess(identity: ProcessIdentity, signal: NodeJS.Signals): boolean {
  if (!isAlive(identity)) return false
  try {
    process.kill(identity.pid, signal)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
    throw error
  }
}

/** True once the process is gone, false if it is still there after timeoutMs. */
export async function waitUntilGone(identity: ProcessIdentity, timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs
  while (isAlive(identity)) {
    if (Date.now() >= deadline) return false
    await sleep(25)
  }
  return true
}

/** Two stages: asks with SIGTERM (or `first`), and after graceMs insists with SIGKILL. */
export async function stopProcess(
  identity: ProcessIdentity,
  { first = 'SIGTERM', graceMs }: { first?: NodeJS.Signals; graceMs: number },
): Promise<'was-gone' | 'stopped' | 'killed'> {
  if (!signalProcess(identity, first)) return 'was-gone'
  if (await waitUntilGone(identity, graceMs)) return 'stopped'
  signalProcess(identity, 'SIGKILL')
  await waitUntilGone(identity, 5_000)
  return 'killed'
}
