import type { VeSpec } from '../../../../lib/contract/ve-spec.ts'
import type { Sys } from '../../sys/sys.ts'

type Kept = Pick<VeSpec, 'veid' | 'idBase' | 'limits'>

/** A VE's file system as it was at one instant, in a folder of its own beside it. Every method is harmless when there is nothing to do. */
export interface DiskSnapshots {
  /** While the VE may run yet: whether there is room for one, and what can be written out before it stands still. Throws `no-disk-space`. */
  prepare(sys: Sys, spec: Kept, folder: string): void
  /** What one takes at once, in bytes: nothing where it shares its blocks. The folder is there. */
  takesAtOnce(sys: Sys, spec: Kept, folder: string): number
  /** Into the folder, which is empty. Nothing of the VE runs, or all of it stands still. Throws `no-disk-space`. */
  take(sys: Sys, spec: Kept, folder: string): void
  /** Afterwards it can be read without being changed, and outlives a power cut. */
  finish(sys: Sys, folder: string): void
  /**
   * The VE's file system, which is not attached, becomes what was taken, with the size of `spec.limits`. Cut short anywhere, the one that
   * was or the one that comes is there whole. Throws `invalid-input` when it does not fit, and `no-disk-space`: nothing is changed then.
   */
  restore(sys: Sys, spec: Kept, folder: string): void
  /** Removes what a `restore` that was cut short has left. */
  clear(sys: Sys, veid: number): void
  remove(sys: Sys, folder: string): void
  /** What each takes by itself, and nobody else: what comes back when it is removed. Without those of which that is not known. */
  ownBytes(sys: Sys, folders: readonly string[]): Map<string, number>
  /**
   * What all of them take beside the VE's own file system: blocks that several share, and it has no more, count once. Null when that
   * is not known, or not soon.
   */
  heldBytes(sys: Sys, veid: number, folders: readonly string[]): number | null
  /** For mount(8): what to mount, read-only; the options that this kind needs. */
  mountWords(folder: string): { words: readonly string[]; options: readonly string[] }
}
