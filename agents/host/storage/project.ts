/**
 * A directory per VE on the host's own XFS or ext4, limited as a project. Its ids are shifted on the disk, since quota goes by
 * those: users of two VEs must not share a record.
 */
import { HOST_PATHS } from '../../../lib/contract/agent-protocol.ts'
import { Problem } from '../../../lib/contract/problem.ts'
import { formatBytes } from '../../../lib/contract/units.ts'
import type { VeSpec } from '../../../lib/contract/ve-spec.ts'
import { fileSystemOf } from '../facts/parse.ts'
import { vePaths } from '../paths.ts'
import { mustRun } from '../sys/run.ts'
import type { Sys } from '../sys/sys.ts'
import { findSpec, storedVeids } from '../ve-store.ts'
import { cacheTree, copyMounted, mountCache } from './cache-tree.ts'
import { refuse, refuseBelowUse } from './demand.ts'
import type { DiskUse, StorageDriver } from './driver.ts'
import { refuseFullHost } from './free-space.ts'
import { removeHostileTree } from './hostile-tree.ts'
import { projectOf } from './project-id.ts'
import { countedProjects, limitProject, unlimitProject } from './project-limit.ts'
import { probeProject } from './project-probe.ts'
import { hasSoftLimit } from './quota-tools.ts'
import { idMap, isMounted, mountRoot, unmountAll } from './root-mount.ts'
import { mendProject, projectSnapshots } from './snapshots/project.ts'

const mounts = (sys: Sys) => sys.read('/proc/self/mountinfo') ?? ''

/** All VEs in projects of one file system have one grace period: a kernel keeps it once for all. */
function demandSameGrace(sys: Sys, to: VeSpec): void {
  if (!hasSoftLimit(to.limits)) return
  const others = storedVeids(sys).filter((veid) => veid !== to.veid)
  for (const other of others) {
    const spec = findSpec(sys, other)
    if (spec?.storage !== 'project' || !hasSoftLimit(spec.limits)) continue
    const seconds = spec.limits.diskGraceSeconds
    if (seconds === to.limits.diskGraceSeconds) continue
    const text = `VEs with project storage share one grace period on a host; VE ${other} has ${seconds} s.`
    refuse('capability-missing', { diskGraceSeconds: text })
  }
}

const demand: StorageDriver['demand'] = (sys, { from, to }) => {
  const missing = from === null ? probeProject(sys) : null
  const foreign = to.namespaces.includes('user')
    ? null
    : 'A VE whose users are the host’s could step out of its project.'
  const text = missing ?? foreign
  if (text !== null) throw new Problem('capability-missing', text, { fields: { 'spec.storage': text } })
  demandSameGrace(sys, to)
  const use = from === null ? undefined : countedProjects(sys).get(projectOf(to.veid))
  if (from !== null && use !== undefined) refuseBelowUse(from.limits, to.limits, use)
}

/** Sharing blocks with the template's files where there are such; the copy sees them with the VE's ids, and so makes its own. */
function copyTemplate(sys: Sys, spec: VeSpec, cache: Parameters<StorageDriver['create']>[2]): void {
  const { tree } = vePaths(spec.veid)
  const map = idMap(spec.idBase)
  const shares = fileSystemOf(mounts(sys), HOST_PATHS.ve) === 'xfs'
  const from = shares ? ['--bind', '-o', map, cacheTree(sys, cache, 'tree')] : mountCache(cache.cache, map)
  copyMounted(sys, from, tree)
}

const OUT_OF_ROOM = /No space left|quota exceeded/

/** Limited before it is filled, so that a template that is too large is not copied whole: XFS counts for the host's root, too. */
const create: StorageDriver['create'] = (sys, spec, cache, revert) => {
  const { tree } = vePaths(spec.veid)
  refuseFullHost(sys)
  revert.push('files', () => remove(sys, spec.veid))
  mustRun(sys, ['mkdir', '-m', '700', tree])
  mustRun(sys, ['chattr', '+P', '-p', String(projectOf(spec.veid)), tree])
  limitProject(sys, spec)
  try {
    copyTemplate(sys, spec, cache)
  } catch (error) {
    if (!OUT_OF_ROOM.test(Problem.from(error).detail)) throw error
    refuseFullHost(sys)
    refuse('invalid-input', { diskBytes: 'The template does not fit into that.' })
  }
  const used = countedProjects(sys).get(projectOf(spec.veid))
  if (used === undefined) throw new Problem('capability-missing', 'The files of the VE were not counted.')
  if (used.usedBytes < spec.limits.diskBytes) return
  refuse('invalid-input', { diskBytes: `The template takes ${formatBytes(used.usedBytes)}.` })
}

function remove(sys: Sys, veid: number): void {
  const { tree } = vePaths(veid)
  projectSnapshots.clear(sys, veid)
  if (sys.stat(tree) === null) return
  removeHostileTree(sys, tree)
  unlimitProject(sys, veid)
}

const use: StorageDriver['use'] = (sys, specs) => {
  const uses = countedProjects(sys)
  return new Map(
    specs.map(({ veid, limits }): [number, DiskUse] => {
      const seen = uses.get(projectOf(veid))
      if (seen === undefined) return [veid, { diskUsedBytes: null, fileSystem: null }]
      const fileSystem = { ...seen, totalBytes: limits.diskBytes, totalInodes: limits.diskInodes ?? 0 }
      return [veid, { diskUsedBytes: seen.usedBytes, fileSystem }]
    }),
  )
}

export const project: StorageDriver = {
  demand,
  create,
  attach: (sys, spec, aside = false) => {
    const { tree, root, ownRoot } = vePaths(spec.veid)
    const target = aside ? ownRoot : root
    mendProject(sys, spec)
    mountRoot(sys, { spec, target, words: ['--bind', tree], options: [], ids: 'on-disk' })
  },
  limit: limitProject,
  isAttached: isMounted,
  detach: unmountAll,
  remove,
  use,
  snapshots: projectSnapshots,
  persist: (sys, veid) => {
    mustRun(sys, ['sync', '--file-system', vePaths(veid).tree])
  },
}
