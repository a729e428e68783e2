/** Snapshots of images: copies of the file, which share its blocks where the host's file system can. */
import { HOST_PATHS } from '../../../../lib/contract/agent-protocol.ts'
import { Problem } from '../../../../lib/contract/problem.ts'
import { space } from '../../facts/space.ts'
import { vePaths } from '../../paths.ts'
import { mustRun } from '../../sys/run.ts'
import type { Sys } from '../../sys/sys.ts'
import { noSpace, refuseFullHost, refuseWithout } from '../free-space.ts'
import { copyImage } from '../image-copy.ts'
import { fitImage, hasSize, waitForRelease } from '../image-resize.ts'
import { ownMountPoint } from '../root-mount.ts'
import type { DiskSnapshots } from './disk-snapshots.ts'
import { heldExtents, ownExtents } from './own-extents.ts'
import { sharesBlocks } from './share-blocks.ts'

const fileIn = (folder: string) => `${folder}/disk.img`
/** The next disk until it has the name: beside the present one. */
const nextDisk = (veid: number) => `${vePaths(veid).disk}.rollback`

/**
 * All that was written inside is in the image then, as its mount has written it. The file system is not frozen (fsfreeze(8)): whoever
 * in the VE sleeps in the middle of a write, on memory that a file system of its own is to bring, would hold that up for ever, and
 * with it every other write.
 */
function flush(sys: Sys, veid: number): void {
  const at = ownMountPoint(sys, veid)
  if (at !== null) mustRun(sys, ['sync', '--file-system', at])
  else waitForRelease(sys, vePaths(veid).disk)
}

const COPY_TRIES = 5
/** More than a tick of the clock that file systems stamp their files by. */
const QUIET_MS = 50

/**
 * A copy that shares blocks is of one instant. Any other takes its time, in which the kernel may write to an image that is mounted,
 * though nobody in the VE does: one that has changed meanwhile is copied again.
 */
function copyQuiet(sys: Sys, from: string, to: string): void {
  for (let tries = 0; tries < COPY_TRIES; tries += 1) {
    const before = sys.stat(from)?.modifiedAt ?? 0
    sys.sleep(Math.max(0, Math.min(QUIET_MS, before + QUIET_MS - sys.now())))
    const argv = ['cp', '--sparse=always', from, to]
    const copied = sys.run(argv)
    if (/No space left/.test(copied.stderr)) throw noSpace(space(sys, HOST_PATHS.vz).availableBytes)
    if (copied.code === 0 && sys.stat(from)?.modifiedAt === before) return
    sys.remove(to)
  }
  throw new Problem('conflict', `Something goes on writing to ${from}.`)
}

const takesAtOnce: DiskSnapshots['takesAtOnce'] = (sys, { veid }, folder) =>
  sharesBlocks(sys, folder) ? 0 : (sys.stat(vePaths(veid).disk)?.diskBytes ?? 0)

const prepare: DiskSnapshots['prepare'] = (sys, spec, folder) => {
  refuseWithout(sys, takesAtOnce(sys, spec, folder))
  flush(sys, spec.veid)
}

const take: DiskSnapshots['take'] = (sys, { veid }, folder) => {
  const { disk } = vePaths(veid)
  flush(sys, veid)
  if (sys.run(['cp', '--reflink=always', disk, fileIn(folder)]).code === 0) return
  if (sharesBlocks(sys, folder)) refuseFullHost(sys)
  copyQuiet(sys, disk, fileIn(folder))
}

/**
 * What was mounted while it was copied has a journal to be replayed: done once and now, so that a mount that writes nothing shows all
 * of it. One that cannot be mended by itself was so before.
 */
const finish: DiskSnapshots['finish'] = (sys, folder) => {
  sys.run(['e2fsck', '-p', fileIn(folder)])
  mustRun(sys, ['sync', fileIn(folder)])
}

const restore: DiskSnapshots['restore'] = (sys, { veid, limits }, folder) => {
  const next = nextDisk(veid)
  sys.remove(next)
  refuseFullHost(sys)
  if (!sharesBlocks(sys, folder)) refuseWithout(sys, sys.stat(fileIn(folder))?.diskBytes ?? 0)
  try {
    copyImage(sys, fileIn(folder), next)
    if (!hasSize(sys, next, limits.diskBytes)) fitImage(sys, next, limits.diskBytes)
    mustRun(sys, ['sync', next])
    sys.rename(next, vePaths(veid).disk)
    mustRun(sys, ['sync', vePaths(veid).home])
  } finally {
    sys.remove(next)
  }
}

export const imageSnapshots: DiskSnapshots = {
  prepare,
  takesAtOnce,
  take,
  finish,
  restore,
  clear: (sys, veid) => {
    sys.remove(nextDisk(veid))
  },
  remove: (sys, folder) => {
    sys.remove(fileIn(folder))
  },
  ownBytes: (sys, folders) => {
    const bytes = ownExtents(sys, folders.map(fileIn))
    return new Map(
      folders.flatMap((folder) => {
        const own = bytes.get(fileIn(folder))
        return own === undefined ? [] : [[folder, own]]
      }),
    )
  },
  heldBytes: (sys, veid, folders) => heldExtents(sys, vePaths(veid).disk, folders.map(fileIn)),
  // noload: nothing is written, whatever its journal says. The loop device is read-only, too.
  mountWords: (folder) => ({
    words: ['-t', 'ext4', fileIn(folder)],
    options: ['loop', 'noload', 'errors=remount-ro'],
  }),
}
