import { Problem } from '../../../lib/contract/problem.ts'
import { vePaths } from '../paths.ts'
import { commandFailed, mustRun } from '../sys/run.ts'
import type { Sys } from '../sys/sys.ts'
import { copyImage } from './image-copy.ts'
import { isMounted } from './image-mount.ts'

/** e2fsck(8): 1 is "errors corrected". */
const CORRECTED = 1

/** A copy grows, sharing blocks, and takes the name when it is whole: whenever this is cut short, one good image is there. */
export function growDetached(sys: Sys, disk: string, sizeBytes: number): void {
  const grown = `${disk}.grown`
  sys.remove(grown)
  try {
    copyImage(sys, disk, grown)
    const check = ['e2fsck', '-f', '-p', grown]
    const checked = sys.run(check)
    if (checked.code > CORRECTED) throw commandFailed(check, checked)
    extendTo(sys, grown, sizeBytes)
    mustRun(sys, ['resize2fs', grown, kibibytes(sizeBytes)])
    mustRun(sys, ['sync', grown])
    sys.rename(grown, disk)
  } finally {
    sys.remove(grown)
  }
}

/** For resize2fs(8). Said always: an image may be longer than its file system is to be. */
const kibibytes = (sizeBytes: number) => `${Math.floor(sizeBytes / 1024)}K`

function extendTo(sys: Sys, file: string, sizeBytes: number): void {
  if ((sys.stat(file)?.sizeBytes ?? 0) < sizeBytes) sys.extend(file, sizeBytes)
}

function loopOf(sys: Sys, disk: string): string {
  const listed = mustRun(sys, ['losetup', '--associated', disk]).stdout
  const loop = /^(\/dev\/loop\d+):/m.exec(listed)?.[1]
  if (loop === undefined) throw new Error(`No loop device holds ${disk}.`)
  return loop
}

/**
 * While mounted the loop device is told of its new size, then the kernel grows the file system. When that fails the image stays
 * long, which is a hole: the kernel grows by groups of blocks, and may have used some of it already.
 */
function growMounted(sys: Sys, disk: string, sizeBytes: number): void {
  const loop = loopOf(sys, disk)
  extendTo(sys, disk, sizeBytes)
  mustRun(sys, ['losetup', '--set-capacity', loop])
  const argv = ['resize2fs', loop, kibibytes(sizeBytes)]
  const result = sys.run(argv)
  if (result.code === 0) return
  if (!/Permission denied/.test(result.stderr)) throw commandFailed(argv, result)
  throw new Problem(
    'capability-missing',
    'This host may not grow the disk of a running VE (it lacks CAP_SYS_RESOURCE): stop the VE first.',
  )
}

/** An image that has the size may hold a smaller file system, of an agent that was killed in between: it grows all the same. */
export function growImage(sys: Sys, veid: number, sizeBytes: number): void {
  const { disk } = vePaths(veid)
  if (isMounted(sys, veid)) growMounted(sys, disk, sizeBytes)
  else growDetached(sys, disk, sizeBytes)
}
