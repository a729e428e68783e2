import { vePaths } from '../paths.ts'

/** Where snapshots of a VE are: a folder each, by id. What else is in there was cut short. */
export const snapshotsFolder = (veid: number) => `${vePaths(veid).home}/snapshots`

/** Where they are mounted: the host's root's alone, and not within what belongs to the VE's. */
export const mountsFolder = (veid: number) => `${vePaths(veid).runHome}.snapshots`

export type SnapshotPaths = {
  folder: string
  /** While it is made, and while it is taken away. */
  unfinished: string
  leaving: string
  mount: string
}

export function snapshotPaths(veid: number, id: string): SnapshotPaths {
  const folder = `${snapshotsFolder(veid)}/${id}`
  return {
    folder,
    unfinished: `${folder}.new`,
    leaving: `${folder}.gone`,
    mount: `${mountsFolder(veid)}/${id}`,
  }
}

const META = 'meta.json'
const CHECKPOINT = 'checkpoint'
export const metaIn = (folder: string) => `${folder}/${META}`
/** What CRIU wrote of its memory, of one that has memory. */
export const checkpointIn = (folder: string) => `${folder}/${CHECKPOINT}`
