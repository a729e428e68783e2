/** Snapshots mounted on the host, for an administrator to look into: what is in them comes from a VE's root, who may mean harm. */
import { HOST_PATHS } from '../../../lib/contract/agent-protocol.ts'
import { Problem } from '../../../lib/contract/problem.ts'
import type { StorageDriver as StorageName } from '../../../lib/contract/storage.ts'
import { loadStorage } from '../storage/load.ts'
import { ensureDirectory } from '../sys/files.ts'
import { isMountPoint, mountOptions } from '../sys/mounts.ts'
import { commandFailed, mustRun } from '../sys/run.ts'
import type { Sys } from '../sys/sys.ts'
import { mountsFolder, snapshotPaths } from './snapshot-paths.ts'

/** No programs of it, no device nodes, no set-user-ID; and its symbolic links are to be looked at, not followed. */
const SAFE = ['ro', 'nodev', 'nosuid', 'noexec'] as const
const NO_LINKS = 'nosymfollow'

export const isMountedAt = (sys: Sys, mount: string) => isMountPoint(sys, mount)

/** mount(8) before 2.38, or a kernel before 5.10, knows nothing of symbolic links that are not followed. */
function mountSafely(sys: Sys, words: readonly string[], options: readonly string[], mount: string): void {
  const argv = (more: readonly string[]) => {
    const how = [...SAFE, ...more, ...options].join(',')
    return ['mount', ...words.slice(0, -1), '-o', how, words.at(-1) ?? '', mount]
  }
  if (sys.run(argv([NO_LINKS])).code !== 0) mustRun(sys, argv([]))
}

export function mountSnapshot(sys: Sys, veid: number, id: string, driver: StorageName): void {
  const { folder, mount } = snapshotPaths(veid, id)
  if (isMountedAt(sys, mount)) return
  ensureDirectory(sys, `${HOST_PATHS.run}/ve`, 0o711)
  ensureDirectory(sys, mount)
  const { words, options } = loadStorage(driver).snapshots.mountWords(folder)
  try {
    mountSafely(sys, words, options, mount)
    const has = mountOptions(sys, mount)
    const lacking = SAFE.filter((option) => !has.includes(option))
    if (lacking.length > 0)
      throw new Problem('capability-missing', `It could not be mounted ${lacking.join(', ')}.`)
  } catch (error) {
    unmountSnapshot(sys, veid, id)
    throw error
  }
}

const TRIES = 25

/** Throws `conflict` when somebody on the host is in there. */
export function unmountSnapshot(sys: Sys, veid: number, id: string): void {
  const { mount } = snapshotPaths(veid, id)
  for (let tries = 0; isMountedAt(sys, mount); tries += 1) {
    const argv = ['umount', mount]
    const result = sys.run(argv)
    if (result.code === 0) continue
    if (!/busy/.test(result.stderr)) throw commandFailed(argv, result)
    if (tries === TRIES) throw new Problem('conflict', `Somebody on the host works in ${mount}.`)
    sys.sleep(20)
  }
  sys.remove(mount)
  sys.remove(mountsFolder(veid))
}

/** Of a VE that goes. */
export function unmountSnapshots(sys: Sys, veid: number): void {
  for (const id of sys.list(mountsFolder(veid))) unmountSnapshot(sys, veid, id)
}
