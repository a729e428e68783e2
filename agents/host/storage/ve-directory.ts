/**
 * Whether the directory of the VEs is the one they were made in. Its file system may be mounted late at boot, or not at all: then
 * an empty directory of the root file system stands there, and every VE would seem to be gone.
 */
import { HOST_PATHS } from '../../../lib/contract/agent-protocol.ts'
import { Problem } from '../../../lib/contract/problem.ts'
import { mountPointOf } from '../facts/parse.ts'
import { ensureDirectory, replaceFileDurably } from '../sys/files.ts'
import { isMountPoint } from '../sys/mounts.ts'
import type { Sys } from '../sys/sys.ts'
import { storedVeids } from '../ve-store.ts'

/** Where what carries the VEs is mounted, as long as there are any. */
const RECORD = `${HOST_PATHS.state}/ve/mount`

const mounts = (sys: Sys) => sys.read('/proc/self/mountinfo') ?? ''

/** Throws `storage-missing`. Some reads, however much is mounted: asked with each sample. */
export function demandVeDirectory(sys: Sys): void {
  const point = sys.read(RECORD)?.trim()
  if (!point || point === '/') return
  if (isMountPoint(sys, point)) return
  throw new Problem(
    'storage-missing',
    `Nothing is mounted on ${point}, where the VEs of this host are. If they were moved to another file system for good, remove ${RECORD}.`,
  )
}

/** Before a VE is made, and where some were made before this was written down. Throws `storage-missing`. */
export function rememberVeDirectory(sys: Sys): void {
  demandVeDirectory(sys)
  const point = mountPointOf(mounts(sys), HOST_PATHS.ve)
  if (point === '' || sys.read(RECORD)?.trim() === point) return
  ensureDirectory(sys, `${HOST_PATHS.state}/ve`)
  replaceFileDurably(sys, RECORD, `${point}\n`)
}

/** When the last VE is gone, and none is on its way here, what it was on does not matter any more. */
export function forgetEmptyVeDirectory(sys: Sys): void {
  const isAwaited = sys.list(HOST_PATHS.ve).some((name) => name.endsWith('.incoming'))
  if (!isAwaited && storedVeids(sys).length === 0) sys.remove(RECORD)
}
