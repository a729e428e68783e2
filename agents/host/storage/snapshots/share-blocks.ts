import type { Sys } from '../../sys/sys.ts'

/** Whether copies of files in this folder can share their blocks, as on XFS and btrfs: tried with one. */
export function sharesBlocks(sys: Sys, folder: string): boolean {
  const trial = `${folder}/.trial-${sys.pid}`
  const copy = `${trial}.copy`
  try {
    sys.write(trial, 'trial')
    return sys.run(['cp', '--reflink=always', trial, copy]).code === 0
  } finally {
    sys.remove(copy)
    sys.remove(trial)
  }
}
