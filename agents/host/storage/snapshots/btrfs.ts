/** Snapshots of subvolumes: read-only ones, which the kernel makes of one instant. Nothing has to be frozen for them. */
import { vePaths } from '../../paths.ts'
import { mustRun } from '../../sys/run.ts'
import type { Sys } from '../../sys/sys.ts'
import { refuse } from '../demand.ts'
import { refuseFullHost } from '../free-space.ts'
import {
  deleteSubvolume,
  exclusiveBytes,
  limitSubvolume,
  referencedBytes,
  subvolumeId,
} from '../subvolume.ts'
import type { DiskSnapshots } from './disk-snapshots.ts'
import { exchange } from './exchange.ts'

const within = (folder: string) => `${folder}/subvolume`
const idFile = (folder: string) => `${folder}/subvolume.id`
/** The next subvolume until it has the name, then the one that was. */
const next = (veid: number) => `${vePaths(veid).subvolume}.rollback`

const snapshot = (sys: Sys, from: string, to: string, ...options: string[]) =>
  mustRun(sys, ['btrfs', '-q', 'subvolume', 'snapshot', ...options, from, to])

/** What is referenced has to be below the limit, or nothing could be written, nor removed. */
function refuseAboveLimit(sys: Sys, subvolume: string, diskBytes: number): void {
  const used = referencedBytes(sys, true).get(subvolumeId(sys, subvolume)) ?? 0
  if (used >= diskBytes) refuse('invalid-input', { diskBytes: 'The snapshot does not fit into that size.' })
}

const restore: DiskSnapshots['restore'] = (sys, { veid, limits }, folder) => {
  const { subvolume, subvolumeId: own } = vePaths(veid)
  clear(sys, veid)
  refuseFullHost(sys)
  try {
    snapshot(sys, within(folder), next(veid))
    limitSubvolume(sys, next(veid), limits.diskBytes)
    refuseAboveLimit(sys, next(veid), limits.diskBytes)
    mustRun(sys, ['sync', '--file-system', next(veid)])
    exchange(sys, next(veid), subvolume)
    sys.write(own, `${subvolumeId(sys, subvolume)}\n`)
    mustRun(sys, ['sync', '--file-system', subvolume])
  } finally {
    clear(sys, veid)
  }
}

function clear(sys: Sys, veid: number): void {
  deleteSubvolume(sys, next(veid))
}

const ownBytes: DiskSnapshots['ownBytes'] = (sys, folders) => {
  if (folders.length === 0) return new Map()
  const bytes = exclusiveBytes(sys)
  return new Map(
    folders.flatMap((folder) => {
      const own = bytes.get(Number(sys.read(idFile(folder))))
      return own === undefined ? [] : [[folder, own]]
    }),
  )
}

export const btrfsSnapshots: DiskSnapshots = {
  prepare: (sys, { veid }) => {
    refuseFullHost(sys)
    mustRun(sys, ['sync', '--file-system', vePaths(veid).subvolume])
  },
  takesAtOnce: () => 0,
  take: (sys, { veid }, folder) => {
    snapshot(sys, vePaths(veid).subvolume, within(folder), '-r')
  },
  finish: (sys, folder) => {
    sys.write(idFile(folder), `${subvolumeId(sys, within(folder))}\n`)
    mustRun(sys, ['sync', '--file-system', folder])
  },
  restore,
  clear,
  remove: (sys, folder) => {
    deleteSubvolume(sys, within(folder))
    sys.remove(idFile(folder))
  },
  ownBytes,
  // At least: what two of them share, and the VE has no more, is told of no subvolume by itself.
  heldBytes: (sys, _veid, folders) => [...ownBytes(sys, folders).values()].reduce((sum, own) => sum + own, 0),
  mountWords: (folder) => ({ words: ['--bind', within(folder)], options: [] }),
}
