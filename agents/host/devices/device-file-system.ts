/**
 * The device nodes of a VE are the only things on a file system of their own. It counts an inode for as long as anything in
 * the kernel holds it: a descriptor of any process or on its way through a socket, a mapping, a ring of io_uring, a mount.
 */
import { equipmentPaths } from '../equipment-paths.ts'
import { mustRun } from '../sys/run.ts'
import type { Sys } from '../sys/sys.ts'

type Name = { path: string; isFolder: boolean }

function namesBelow(sys: Sys, folder: string): Name[] {
  return sys.list(folder).flatMap((name) => {
    const path = `${folder}/${name}`
    const isFolder = sys.stat(path)?.kind === 'directory'
    return isFolder ? [{ path, isFolder }, ...namesBelow(sys, path)] : [{ path, isFolder }]
  })
}

/** Of all nodes that are there, the paths under which the host has these devices. */
export function grantedPaths(sys: Sys, veid: number): string[] {
  const { devices } = equipmentPaths(veid)
  return namesBelow(sys, devices)
    .filter(({ isFolder }) => !isFolder)
    .map(({ path }) => `/dev${path.slice(devices.length)}`)
}

/** Whether a node that has been removed is held yet. tmpfs counts its root as well (shmem_statfs in mm/shmem.c). */
export function isRemovedHeld(sys: Sys, veid: number): boolean {
  const { devices } = equipmentPaths(veid)
  const said = mustRun(sys, ['stat', '--file-system', '--format=%c %d', devices]).stdout
  const [all = 0, free = 0] = said.trim().split(' ').map(Number)
  return all - free > 1 + namesBelow(sys, devices).length
}
