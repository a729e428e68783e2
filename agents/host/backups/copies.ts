import { vePaths } from '../paths.ts'
import { mustRun } from '../sys/run.ts'
import type { Sys } from '../sys/sys.ts'

/** Beside the VE: the copy of its disk that is packed, and what was unpacked. */
export const copyFolder = (veid: number) => `${vePaths(veid).home}/backup`
export const unpackedFolder = (veid: number) => `${vePaths(veid).home}/unpacked`

function remove(sys: Sys, folder: string): void {
  if (sys.stat(folder) !== null) mustRun(sys, ['rm', '-rf', '--one-file-system', folder])
}
export const removeCopy = (sys: Sys, veid: number) => remove(sys, copyFolder(veid))
export const removeUnpacked = (sys: Sys, veid: number) => remove(sys, unpackedFolder(veid))
