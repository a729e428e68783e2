import { HOST_PATHS } from '../../../lib/contract/agent-protocol.ts'
import { Problem } from '../../../lib/contract/problem.ts'
import { ID_RANGE_SIZE } from '../../../lib/contract/ve-spec.ts'
import { vePaths } from '../paths.ts'
import { ensureDirectory } from '../sys/files.ts'
import { isIdMapped, mountOptions } from '../sys/mounts.ts'
import { commandFailed, mustRun } from '../sys/run.ts'
import type { Sys } from '../sys/sys.ts'
import type { AttachedSpec } from './driver.ts'

const DETACH_TRIES = 100

const isThere = (sys: Sys, target: string) => mountOptions(sys, target) !== null

export function isMounted(sys: Sys, veid: number): boolean {
  const { root, ownRoot } = vePaths(veid)
  return isThere(sys, root) || isThere(sys, ownRoot)
}

/**
 * One mount(8) takes a loop device, mounts and shifts ids. nodev: an image may hold device nodes. noinit_itable: zeroing
 * inode tables in the background would only fill the hole in the image. The loop device frees itself at umount.
 */
export function mountImage(sys: Sys, spec: AttachedSpec, file: string, target: string): void {
  if (isThere(sys, target)) return
  const { runHome } = vePaths(spec.veid)
  const shifted = spec.namespaces.includes('user')
  const owner = String(shifted ? spec.idBase : 0)
  ensureDirectory(sys, `${HOST_PATHS.run}/ve`, 0o711)
  mustRun(sys, ['install', '-d', '-m', '700', '-o', owner, '-g', owner, runHome])
  ensureDirectory(sys, target)
  const map = shifted ? `,X-mount.idmap=b:0:${spec.idBase}:${ID_RANGE_SIZE}` : ''
  const options = `loop,nodev,noinit_itable,errors=remount-ro${map}`
  mustRun(sys, ['mount', '-t', 'ext4', '-o', options, file, target])
  if (!shifted || isIdMapped(sys, target)) return
  unmountAll(sys, spec.veid)
  throw new Problem(
    'capability-missing',
    'The mount program of this host cannot shift ids (util-linux 2.39 can).',
  )
}

function unmount(sys: Sys, target: string): void {
  for (let tries = 0; isThere(sys, target); tries += 1) {
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
