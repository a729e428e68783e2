/**
 * Memory that came by a move is not waited for until it is on the disk, since its VE stands still meanwhile: until it has been brought to
 * life it is good in this boot of the host only. A file beside the images says which, on the disk before any of them
 * came (receive-script.ts), and goes with them.
 */
import { Problem } from '../../../lib/contract/problem.ts'
import { checkpointPaths } from '../checkpoint/checkpoint-paths.ts'
import { bootId } from '../facts/boot-id.ts'
import type { Sys } from '../sys/sys.ts'

export const arrivedFile = (folder: string) => `${folder}/arrived.boot`

/** Whether it came and was never let go here: what the source has of it is whole, and may go on there once this is gone. */
export const neverLetGo = (sys: Sys, veid: number): boolean =>
  sys.stat(arrivedFile(checkpointPaths(veid).kept)) !== null

/** Whether it came before the host restarted, which may have torn it. Its VE was never let go here: that takes its memory away first. */
export function isTorn(sys: Sys, veid: number): boolean {
  const boot = sys.read(arrivedFile(checkpointPaths(veid).kept))
  return boot !== null && boot !== bootId(sys)
}

/** Throws `ve-state-forbids`. */
export function refuseTorn(sys: Sys, veid: number): void {
  if (!isTorn(sys, veid)) return
  throw new Problem(
    've-state-forbids',
    `This host has restarted since the memory of VE ${veid} came: cancel the move here, then on the source.`,
  )
}
