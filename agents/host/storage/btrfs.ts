/** A subvolume per VE: a snapshot of the template's, with a limit on its quota group. Files keep their ids: the mount shifts them. */
import { Problem } from '../../../lib/contract/problem.ts'
import { formatBytes } from '../../../lib/contract/units.ts'
import { vePaths } from '../paths.ts'
import { mustRun } from '../sys/run.ts'
import type { Sys } from '../sys/sys.ts'
import { probeBtrfs } from './btrfs-probe.ts'
import { cacheTree } from './cache-tree.ts'
import { refuse, refuseBelowUse, refuseSet } from './demand.ts'
import type { DiskUse, StorageDriver } from './driver.ts'
import { refuseFullHost } from './free-space.ts'
import { isMounted, mountRoot, unmountAll } from './root-mount.ts'
import { btrfsSnapshots } from './snapshots/btrfs.ts'
import { deleteSubvolume, limitSubvolume, referencedBytes, subvolumeId } from './subvolume.ts'

function idOf(sys: Sys, veid: number): number | null {
  const text = sys.read(vePaths(veid).subvolumeId)
  return text === null ? null : Number(text)
}

function bytesOf(sys: Sys, veid: number): number {
  return referencedBytes(sys, true).get(idOf(sys, veid) ?? -1) ?? 0
}

const demand: StorageDriver['demand'] = (sys, { from, to }) => {
  const missing = from === null ? probeBtrfs(sys) : null
  if (missing !== null)
    throw new Problem('capability-missing', missing, { fields: { 'spec.storage': missing } })
  const fields = ['diskInodes', 'diskSoftBytes', 'diskSoftInodes'] as const
  refuseSet(to.limits, fields, 'btrfs limits space, and no inodes; it has no soft limits.')
  if (from === null || to.limits.diskBytes >= from.limits.diskBytes) return
  refuseBelowUse(from.limits, to.limits, { usedBytes: bytesOf(sys, to.veid), usedInodes: 0 })
}

const create: StorageDriver['create'] = (sys, spec, cache, revert) => {
  const { subvolume, subvolumeId: idFile } = vePaths(spec.veid)
  refuseFullHost(sys)
  const template = cacheTree(sys, cache, 'subvolume')
  revert.push('subvolume', () => remove(sys, spec.veid))
  mustRun(sys, ['btrfs', '-q', 'subvolume', 'snapshot', template, subvolume])
  sys.write(idFile, `${subvolumeId(sys, subvolume)}\n`)
  limitSubvolume(sys, subvolume, spec.limits.diskBytes)
  const used = bytesOf(sys, spec.veid)
  if (used < spec.limits.diskBytes) return
  refuse('invalid-input', { diskBytes: `The template takes ${formatBytes(used)}.` })
}

function remove(sys: Sys, veid: number): void {
  const { subvolume, subvolumeId: idFile } = vePaths(veid)
  deleteSubvolume(sys, subvolume)
  sys.remove(idFile)
  btrfsSnapshots.clear(sys, veid)
}

const use: StorageDriver['use'] = (sys, specs) => {
  const bytes = referencedBytes(sys, false)
  return new Map(
    specs.map(({ veid, limits }): [number, DiskUse] => {
      const usedBytes = bytes.get(idOf(sys, veid) ?? -1)
      if (usedBytes === undefined) return [veid, { diskUsedBytes: null, fileSystem: null }]
      const none = { usedInodes: 0, totalInodes: 0, bytesGraceEndsAt: null, inodesGraceEndsAt: null }
      const fileSystem = { usedBytes, totalBytes: limits.diskBytes, ...none }
      return [veid, { diskUsedBytes: usedBytes, fileSystem }]
    }),
  )
}

export const btrfs: StorageDriver = {
  demand,
  create,
  attach: (sys, spec, aside = false) => {
    const { subvolume, root, ownRoot } = vePaths(spec.veid)
    const target = aside ? ownRoot : root
    mountRoot(sys, { spec, target, words: ['--bind', subvolume], options: [], ids: 'by-mount' })
  },
  limit: (sys, { veid, limits }) => limitSubvolume(sys, vePaths(veid).subvolume, limits.diskBytes),
  isAttached: isMounted,
  detach: unmountAll,
  remove,
  use,
  snapshots: btrfsSnapshots,
  persist: (sys, veid) => {
    mustRun(sys, ['sync', '--file-system', vePaths(veid).subvolume])
  },
}
