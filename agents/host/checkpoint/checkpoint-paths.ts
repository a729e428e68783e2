import { vePaths } from '../paths.ts'

/**
 * Where the memory of a VE is, a directory each, flat. Which of them is there says what became of it, whoever was killed when:
 * `next` is being written, the VE still lives; `kept` is whole, the VE lives in it and nowhere else; `used` has been brought back to
 * life and is never to be again.
 */
export function checkpointPaths(veid: number) {
  const kept = `${vePaths(veid).home}/checkpoint`
  return { kept, next: `${kept}.new`, used: `${kept}.used` }
}

/** In each of them. */
export const metaFile = (folder: string) => `${folder}/meta.json`
export const DUMP_LOG = 'dump.log'
export const RESTORE_LOG = 'restore.log'
