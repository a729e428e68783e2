/**
 * Snapshots of directories: copies of every file, sharing blocks where the host's file system can. They have the ids that the VE
 * itself sees, as templates have, and a project of their own: on the disk they count for none of the VE's users, nor for the VE.
 */
import { HOST_PATHS } from '../../../../lib/contract/agent-protocol.ts'
import { Problem } from '../../../../lib/contract/problem.ts'
import type { VeSpec } from '../../../../lib/contract/ve-spec.ts'
import { space } from '../../facts/space.ts'
import { vePaths } from '../../paths.ts'
import { mustRun } from '../../sys/run.ts'
import type { Sys } from '../../sys/sys.ts'
import { copyMounted } from '../cache-tree.ts'
import { type Refusals, refuse } from '../demand.ts'
import { noSpace, refuseFullHost, refuseWithout } from '../free-space.ts'
import { removeHostileTree } from '../hostile-tree.ts'
import { projectOf, SNAPSHOTS_PROJECT } from '../project-id.ts'
import { countedProjects, limitProject, unlimitProject } from '../project-limit.ts'
import { idMap, idMapBack } from '../root-mount.ts'
import type { DiskSnapshots } from './disk-snapshots.ts'
import { exchange } from './exchange.ts'
import { sharesBlocks } from './share-blocks.ts'

const within = (folder: string) => `${folder}/tree`
/** The next tree until it has the name, then the one that was. */
const next = (veid: number) => `${vePaths(veid).tree}.rollback`

/** Bytes and inodes of a snapshot, as quota counts them. */
function sizeOf(sys: Sys, tree: string): { bytes: number; inodes: number } {
  const count = (option: string) => Number.parseInt(mustRun(sys, ['du', '-s', option, tree]).stdout, 10)
  return { bytes: count('--block-size=1'), inodes: count('--inodes') }
}

function copyTree(sys: Sys, from: string, map: string, to: string, project: number): void {
  mustRun(sys, ['mkdir', '-m', '700', to])
  mustRun(sys, ['chattr', '+P', '-p', String(project), to])
  try {
    copyMounted(sys, ['--bind', '-o', map, from], to)
  } catch (error) {
    const problem = Problem.from(error)
    if (/No space left/.test(`${problem.detail} ${problem.context?.stderrTail}`))
      throw noSpace(space(sys, HOST_PATHS.vz).availableBytes)
    throw error
  }
}

function refuseAboveLimits(sys: Sys, tree: string, limits: { diskBytes: number; diskInodes: number | null }) {
  const { bytes, inodes } = sizeOf(sys, tree)
  const refusals: Refusals = {}
  if (bytes >= limits.diskBytes) refusals.diskBytes = 'The snapshot does not fit into that size.'
  if (limits.diskInodes !== null && inodes >= limits.diskInodes)
    refusals.diskInodes = `The snapshot has ${inodes} inodes.`
  refuse('invalid-input', refusals)
}

/** Until the tree that was is gone both count for the VE: it has no limit meanwhile, and runs no sooner than it has one again. */
const restore: DiskSnapshots['restore'] = (sys, spec, folder) => {
  const { tree, home } = vePaths(spec.veid)
  clear(sys, spec.veid)
  refuseFullHost(sys)
  if (!sharesBlocks(sys, folder)) refuseWithout(sys, sizeOf(sys, within(folder)).bytes)
  refuseAboveLimits(sys, within(folder), spec.limits)
  try {
    unlimitProject(sys, spec.veid)
    copyTree(sys, within(folder), idMap(spec.idBase), next(spec.veid), projectOf(spec.veid))
    mustRun(sys, ['sync', '--file-system', next(spec.veid)])
    exchange(sys, next(spec.veid), tree)
    mustRun(sys, ['sync', home])
  } finally {
    limitProject(sys, spec)
    clear(sys, spec.veid)
  }
}

function clear(sys: Sys, veid: number): void {
  removeHostileTree(sys, next(veid))
}

/** Before a VE runs again: of a `restore` that was cut short nothing counts for it any more, and its limit holds. */
export function mendProject(sys: Sys, spec: Pick<VeSpec, 'veid' | 'limits'>): void {
  if (sys.stat(next(spec.veid)) === null) return
  limitProject(sys, spec)
  clear(sys, spec.veid)
}

const takesAtOnce: DiskSnapshots['takesAtOnce'] = (sys, { veid }, folder) =>
  sharesBlocks(sys, folder) ? 0 : (countedProjects(sys).get(projectOf(veid))?.usedBytes ?? 0)

export const projectSnapshots: DiskSnapshots = {
  prepare: (sys, spec, folder) => refuseWithout(sys, takesAtOnce(sys, spec, folder)),
  takesAtOnce,
  take: (sys, { veid, idBase }, folder) => {
    copyTree(sys, vePaths(veid).tree, idMapBack(idBase), within(folder), SNAPSHOTS_PROJECT)
  },
  finish: (sys, folder) => {
    mustRun(sys, ['sync', '--file-system', folder])
  },
  restore,
  clear,
  remove: (sys, folder) => removeHostileTree(sys, within(folder)),
  // Quota counts shared blocks for each that has them, and a walk through all files takes as long as there are many.
  ownBytes: () => new Map(),
  heldBytes: (_sys, _veid, folders) => (folders.length === 0 ? 0 : null),
  mountWords: (folder) => ({ words: ['--bind', within(folder)], options: [] }),
}
