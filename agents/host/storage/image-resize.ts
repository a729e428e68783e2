import { Problem } from '../../../lib/contract/problem.ts'
import { vePaths } from '../paths.ts'
import { commandFailed, mustRun } from '../sys/run.ts'
import type { Sys } from '../sys/sys.ts'
import { copyImage } from './image-copy.ts'
import { isMounted } from './root-mount.ts'
import { readSuperblock } from './superblock.ts'

/** e2fsck(8): 1 is "errors corrected". */
const CORRECTED = 1

/** As the programs ask for that change one. */
function checkImage(sys: Sys, image: string): void {
  const argv = ['e2fsck', '-f', '-p', image]
  const checked = sys.run(argv)
  if (checked.code > CORRECTED) throw commandFailed(argv, checked)
}

/**
 * Of an image that is not mounted. A copy is checked and changed, sharing blocks, and takes the name when it is whole: whenever this is
 * cut short, one good image is there.
 */
export function changeDetached(sys: Sys, disk: string, change: (copy: string) => void): void {
  const copy = `${disk}.new`
  sys.remove(copy)
  waitForRelease(sys, disk)
  try {
    copyImage(sys, disk, copy)
    checkImage(sys, copy)
    change(copy)
    mustRun(sys, ['sync', copy])
    sys.rename(copy, disk)
  } finally {
    sys.remove(copy)
  }
}

function resizeDetached(sys: Sys, disk: string, sizeBytes: number): void {
  changeDetached(sys, disk, (copy) => resizeImageFile(sys, copy, sizeBytes))
}

/** Of an image that nothing uses yet. Throws `invalid-input` when what is in it does not fit. */
export function fitImage(sys: Sys, image: string, sizeBytes: number): void {
  checkImage(sys, image)
  resizeImageFile(sys, image, sizeBytes)
}

/** Of one that was checked. When it shrinks, the file system does first. */
function resizeImageFile(sys: Sys, image: string, sizeBytes: number): void {
  extendTo(sys, image, sizeBytes)
  resizeFileSystem(sys, image, sizeBytes)
  if ((sys.stat(image)?.sizeBytes ?? 0) > sizeBytes) mustRun(sys, ['truncate', `--size=${sizeBytes}`, image])
}

/** What is in use may need more room than it takes: tables and the like. */
function resizeFileSystem(sys: Sys, image: string, sizeBytes: number): void {
  const argv = ['resize2fs', image, kibibytes(sizeBytes)]
  const result = sys.run(argv)
  if (result.code === 0) return
  if (!/smaller than minimum/.test(result.stdout + result.stderr)) throw commandFailed(argv, result)
  const text = 'What is on the disk does not fit into that size.'
  throw new Problem('invalid-input', text, { fields: { 'spec.limits.diskBytes': text } })
}

/** For resize2fs(8). Said always: an image may be longer than its file system is to be. */
const kibibytes = (sizeBytes: number) => `${Math.floor(sizeBytes / 1024)}K`

function extendTo(sys: Sys, file: string, sizeBytes: number): void {
  if ((sys.stat(file)?.sizeBytes ?? 0) < sizeBytes) sys.extend(file, sizeBytes)
}

function findLoop(sys: Sys, disk: string): string | null {
  const listed = mustRun(sys, ['losetup', '--associated', disk]).stdout
  return /^(\/dev\/loop\d+):/m.exec(listed)?.[1] ?? null
}

function loopOf(sys: Sys, disk: string): string {
  const loop = findLoop(sys, disk)
  if (loop === null) throw new Error(`No loop device holds ${disk}.`)
  return loop
}

const RELEASE_TRIES = 250
const RELEASE_WAIT_MS = 20

/** Some program's own mount namespace may hold what is unmounted everywhere else: until it ends, not all is in the image. */
export function waitForRelease(sys: Sys, disk: string): void {
  for (let tries = 0; findLoop(sys, disk) !== null; tries += 1) {
    if (tries === RELEASE_TRIES) throw new Problem('conflict', `Something on the host still holds ${disk}.`)
    sys.sleep(RELEASE_WAIT_MS)
  }
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

/**
 * Nothing when the file system has that size, give or take what it rounds to. An image that has it may hold a smaller one, of an
 * agent that was killed in between: that grows all the same. What is mounted does not shrink: it stays larger than it has to be.
 */
export function resizeImage(sys: Sys, veid: number, sizeBytes: number): void {
  const { disk } = vePaths(veid)
  const has = readSuperblock(sys, disk)?.totalBytes
  if (isWhole(has, sizeBytes)) return
  if (!isMounted(sys, veid)) resizeDetached(sys, disk, sizeBytes)
  else if (has === undefined || has < sizeBytes) growMounted(sys, disk, sizeBytes)
}

export const hasSize = (sys: Sys, image: string, sizeBytes: number) =>
  isWhole(readSuperblock(sys, image)?.totalBytes, sizeBytes)

const ROUNDING_BYTES = 64 * 1024
const isWhole = (has: number | undefined, wanted: number) =>
  has !== undefined && has <= wanted && wanted - has <= ROUNDING_BYTES
