import type { NamesInside } from '../network/restored.ts'
import { readJson } from '../sys/files.ts'
import type { Sys } from '../sys/sys.ts'
import { checkpointPaths, metaFile } from './checkpoint-paths.ts'

/** Beside CRIU's images: what restoring them takes that is not in them. */
export type CheckpointMeta = {
  /** When the VE was frozen, in milliseconds since 1970. */
  at: number
  /** What the images take. */
  bytes: number
  /** What made it: where any of these is another, restoring may fail. CRIU's own word on the CPU is in cpuinfo.img. */
  madeBy: { kernel: string; machine: string; criu: string; bootId: string }
  interfaces: NamesInside
  /** Where something of the host's was mounted in the VE: each has to be there when it is restored. */
  mounts: string[]
  /** What was counted of its beancounters since its start (beancounters/record.ts); null when nobody had looked. */
  counted: string | null
}

/** Null when `folder` holds no whole checkpoint. */
export function readMeta(sys: Sys, folder: string): CheckpointMeta | null {
  return readJson<CheckpointMeta>(sys, metaFile(folder))
}

/** That of a hibernated VE; null of one that is not. */
export function readCheckpoint(sys: Sys, veid: number): CheckpointMeta | null {
  return readMeta(sys, checkpointPaths(veid).kept)
}
