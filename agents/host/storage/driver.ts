import type { TemplateCache } from '../../../lib/contract/agent-protocol.ts'
import type { VeSpec } from '../../../lib/contract/ve-spec.ts'
import type { Revert } from '../revert.ts'
import type { Sys } from '../sys/sys.ts'

export type AttachedSpec = Pick<VeSpec, 'veid' | 'idBase' | 'namespaces'>

/** Keeps a VE's file system. Every method is harmless when there is nothing to do. */
export interface StorageDriver {
  /** A file system of `spec.limits.diskBytes` from the cache's image, not attached. Throws `no-disk-space`, `invalid-input`. */
  create(sys: Sys, spec: VeSpec, cache: TemplateCache, revert: Revert): void
  /** Mounts it at the VE's root, ids shifted where it has users of its own; `aside` beside it, for a rescue system to look into. */
  attach(sys: Sys, spec: AttachedSpec, aside?: boolean): void
  isAttached(sys: Sys, veid: number): boolean
  /** To `spec.limits.diskBytes`, attached or not; a size it has is no error. Throws `no-disk-space`, `capability-missing`. */
  grow(sys: Sys, spec: VeSpec): void
  /** From wherever it is, and the rescue system's root if that is what is mounted as the VE's. */
  detach(sys: Sys, veid: number): void
  /** Removes the file system, which is not attached. */
  remove(sys: Sys, veid: number): void
  /** Bytes it takes on the host; null when there is none. */
  usedBytes(sys: Sys, veid: number): number | null
  /** Waits until all that was written to it, attached or not, is on the host's disk: it outlives a power cut. */
  persist(sys: Sys, veid: number): void
}
