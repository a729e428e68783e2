/** Where a VE's file system is mounted, whatever keeps it. */
import { HOST_PATHS } from '../../../lib/contract/agent-protocol.ts'
import { Problem } from '../../../lib/contract/problem.ts'
import { ID_RANGE_SIZE } from '../../../lib/contract/ve-spec.ts'
import { vePaths } from '../paths.ts'
import { ensureDirectory } from '../sys/files.ts'
import { isIdMapped, isMountPoint } from '../sys/mounts.ts'
import { commandFailed, mustRun } from '../sys/run.ts'
import type { Sys } from '../sys/sys.ts'
import type { AttachedSpec } from './driver.ts'

const DETACH_TRIES = 100

export function isMounted(sys: Sys, veid: number): boolean {
  const { root, ownRoot } = vePaths(veid)
  return isMountPoint(sys, root) || isMountPoint(sys, ownRoot)
}

/** Where the VE's own file system is: beside the root while that is the rescue system's. Null when it is not mounted. */
export function ownMountPoint(sys: Sys, veid: number): string | null {
  const { root, ownRoot } = vePaths(veid)
  return [ownRoot, root].find((target) => isMountPoint(sys, target)) ?? null
}

export type RootMount = {
  spec: AttachedSpec
  target: string
  /** For mount(8): what it mounts, and how. */
  words: readonly string[]
  options: readonly string[]
  /** "by-mount": the kernel shifts the ids of who has users of his own; "on-disk": they are shifted there already. */
  ids: 'by-mount' | 'on-disk'
}

/** Once, however often it is asked. nodev: what a VE has on its disk may be device nodes. */
export function mountRoot(sys: Sys, { spec, target, words, options, ids }: RootMount): void {
  if (isMountPoint(sys, target)) return
  const { runHome } = vePaths(spec.veid)
  const ownUsers = spec.namespaces.includes('user')
  const owner = String(ownUsers ? spec.idBase : 0)
  ensureDirectory(sys, `${HOST_PATHS.run}/ve`, 0o711)
  mustRun(sys, ['install', '-d', '-m', '700', '-o', owner, '-g', owner, runHome])
  ensureDirectory(sys, target)
  const shifted = ownUsers && ids === 'by-mount'
  const map = shifted ? [idMap(spec.idBase)] : []
  const [source = '', ...how] = [...words].reverse()
  mustRun(sys, ['mount', ...how.reverse(), '-o', ['nodev', ...options, ...map].join(','), source, target])
  if (!shifted || isIdMapped(sys, target)) return
  unmountAll(sys, spec.veid)
  throw new Problem(
    'capability-missing',
    'The mount program of this host cannot shift ids (util-linux 2.39 can).',
  )
}

/** Option of mount(8): ids 0… of what is mounted appear as `idBase`… */
export const idMap = (idBase: number) => `X-mount.idmap=b:0:${idBase}:${ID_RANGE_SIZE}`
/** The same the other way round. */
export const idMapBack = (idBase: number) => `X-mount.idmap=b:${idBase}:0:${ID_RANGE_SIZE}`

function unmount(sys: Sys, target: string): void {
  for (let tries = 0; isMountPoint(sys, target); tries += 1) {
    const argv = ['umount', target]
    const result = sys.run(argv)
    if (result.code === 0) continue
    if (tries === DETACH_TRIES) throw commandFailed(argv, result)
    sys.sleep(20)
  }
  sys.remove(target)
}

export function unmountAll(sys: Sys, veid: number): void {
  const { root, ownRoot, runHome } = vePaths(veid)
  unmount(sys, root)
  unmount(sys, ownRoot)
  sys.remove(runHome)
}
