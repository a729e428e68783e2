/** How a checkpoint becomes the place where a VE lives, and stops being that: each by one rename, which a power cut does not undo. */

import { vePaths } from '../paths.ts'
import type { Revert } from '../revert.ts'
import { mustRun } from '../sys/run.ts'
import type { Sys } from '../sys/sys.ts'
import { checkpointPaths } from './checkpoint-paths.ts'

/** Flat, as CRIU's are. Harmless when there is none. */
export function removeFolder(sys: Sys, folder: string): void {
  for (const name of sys.list(folder)) sys.remove(`${folder}/${name}`)
  sys.remove(folder)
}

function renameDurably(sys: Sys, veid: number, from: string, to: string): void {
  sys.rename(from, to)
  mustRun(sys, ['sync', vePaths(veid).home])
}

/** The VE's root reads its images while it is restored, by a handle that root gives it; to that path only root comes, /vz being closed. */
const FOLDER_MODE = 0o711

/** An empty folder to write one to. */
export function beginCheckpoint(sys: Sys, veid: number, revert: Revert): string {
  const { next } = checkpointPaths(veid)
  revert.push('checkpoint', () => removeFolder(sys, next))
  removeFolder(sys, next)
  sys.mkdir(next, FOLDER_MODE)
  return next
}

/**
 * From now on the VE is hibernated, and what of it is on the kernel is to be taken off: its processes must not be let go. What was
 * written has to be durable before. When this throws it is as if nothing had been.
 */
export function keepCheckpoint(sys: Sys, veid: number, revert: Revert): void {
  const { kept, next } = checkpointPaths(veid)
  revert.push('checkpoint', () => {
    if (sys.stat(kept) !== null) renameDurably(sys, veid, kept, next)
  })
  renameDurably(sys, veid, next, kept)
}

/**
 * Right before the restored processes are let go, and the only way to that: afterwards no request can restore the same checkpoint
 * again. An agent that is killed between this and the letting go leaves them frozen on the kernel; the next request that takes the
 * VE's lock lets them go. A host that loses power between the two has lost its memory as if the power had failed an instant later: the
 * VE is stopped then, its disk as it was when it was frozen.
 */
export function useCheckpoint(sys: Sys, veid: number, revert: Revert): void {
  const { kept, used } = checkpointPaths(veid)
  revert.push('checkpoint', () => {
    if (sys.stat(used) !== null) renameDurably(sys, veid, used, kept)
  })
  removeFolder(sys, used)
  renameDurably(sys, veid, kept, used)
}

/** Whatever there is of any. */
export function forgetCheckpoints(sys: Sys, veid: number): void {
  const { kept, next, used } = checkpointPaths(veid)
  for (const folder of [kept, next, used]) removeFolder(sys, folder)
}
