import { ID_RANGE_SIZE } from '../../../lib/contract/ve-spec.ts'
import { mustRun } from '../sys/run.ts'
import type { Sys } from '../sys/sys.ts'

/** Emptied from within, by the ids that it belongs to and without the rights of the host's root: what is in it is hostile. */
function empty(sys: Sys, tree: string): void {
  // Its root may have been given to any of the VE's own users.
  const owner = Number(mustRun(sys, ['stat', '-c', '%u', tree]).stdout)
  const find = ['find', '.', '-xdev', '-mindepth', '1', '-delete']
  const map = `0:${owner - (owner % ID_RANGE_SIZE)}:${ID_RANGE_SIZE}`
  const own = [`--map-users=${map}`, `--map-groups=${map}`, '--setuid=0', '--setgid=0']
  // Half made, it is the host's yet.
  mustRun(sys, owner === 0 ? find : ['unshare', '--user', ...own, ...find], { cwd: tree })
}

/** A directory of a VE's files, and all that is in it. Nothing of the VE runs. */
export function removeHostileTree(sys: Sys, tree: string): void {
  if (sys.stat(tree) === null) return
  empty(sys, tree)
  sys.remove(tree)
}
