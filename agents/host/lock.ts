/**
 * Locks between agents on one host, one request being one process.
 *
 * flock(1) with a helper process: `flock -F FILE cat` takes the lock and then lives on our pipe. The kernel closes the pipe
 * when we end, however we end; cat ends, and the lock is free. A lock made of files (mkdir, link, pid in it) would need
 * its stale owner removed by whoever comes next, and two who come at once can each remove the other's fresh lock.
 * The file names the holder only for people: who holds it is decided by the kernel alone.
 */

import { HOST_PATHS } from '../../lib/contract/agent-protocol.ts'
import { Problem } from '../../lib/contract/problem.ts'
import { ensureDirectory, readJson } from './sys/files.ts'
import { isAlive, ownIdentity, type ProcessIdentity } from './sys/process-identity.ts'
import type { Sys } from './sys/sys.ts'

type LockHolder = ProcessIdentity & { request: string; since: number }

/** How long to wait for the holder before the request is refused. Requests for one VE are queued in the panel already. */
const WAIT_SECONDS = 20

const LOCKS = `${HOST_PATHS.run}/lock`

function refuse(sys: Sys, path: string, what: string): Problem {
  const holder = readJson<LockHolder>(sys, path)
  const known = holder !== null && isAlive(sys, holder)
  const by = known
    ? `request ${holder.request} (pid ${holder.pid}, ${Math.round((sys.now() - holder.since) / 1000)} s)`
    : 'another request'
  return new Problem('locked', `${what} is being worked on by ${by}.`, {
    context: known ? { holder } : {},
  })
}

/** Runs `work` while holding the lock of that name. Throws `locked` when another request keeps it too long. */
export function withLock<T>(
  sys: Sys,
  name: string,
  what: string,
  request: string,
  work: () => T,
  { waitSeconds = WAIT_SECONDS, folder = LOCKS }: { waitSeconds?: number; folder?: string } = {},
): T {
  if (folder === LOCKS) ensureDirectory(sys, HOST_PATHS.run, 0o711)
  ensureDirectory(sys, folder)
  const path = `${folder}/${name}`
  const holder = sys.hold(['flock', '-w', String(waitSeconds), '-F', path, 'cat'])
  try {
    if (!holder.held()) throw refuse(sys, path, what)
    sys.write(path, JSON.stringify({ ...ownIdentity(sys), request, since: sys.now() }))
    return work()
  } finally {
    holder.release()
  }
}
