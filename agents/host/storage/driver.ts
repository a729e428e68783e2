import type { TemplateCache } from '../../../lib/contract/agent-protocol.ts'
import type { FileSystemUse } from '../../../lib/contract/quota.ts'
import type { VeSpec } from '../../../lib/contract/ve-spec.ts'
import type { Revert } from '../revert.ts'
import type { Sys } from '../sys/sys.ts'
import type { DiskSnapshots } from './snapshots/disk-snapshots.ts'

export type AttachedSpec = Pick<VeSpec, 'veid' | 'idBase' | 'namespaces' | 'limits'>

/** `diskUsedBytes`: what it takes on the host; null when that is not known, or there is none. `fileSystem`: null while it is not mounted. */
export type DiskUse = { diskUsedBytes: number | null; fileSystem: FileSystemUse | null }

/** `from` is null of a VE that is to be made. */
export type LimitChange = { from: VeSpec | null; to: VeSpec; running: boolean }

/** Keeps a VE's file system. Every method is harmless when there is nothing to do. */
export interface StorageDriver {
  /**
   * Before anything is done: whether this host can hold `to.limits` with it. Throws `capability-missing`, or `invalid-input` for
   * what is below present use, with the field; `ve-state-forbids` for what takes a stopped VE.
   */
  demand(sys: Sys, change: LimitChange): void
  /** A file system with the limits of `spec` from the cache, not attached. Throws `no-disk-space`, `invalid-input`. */
  create(sys: Sys, spec: VeSpec, cache: TemplateCache, revert: Revert): void
  /** Mounts it at the VE's root, ids shifted where it has users of its own; `aside` beside it, for a rescue system to look into. */
  attach(sys: Sys, spec: AttachedSpec, aside?: boolean): void
  isAttached(sys: Sys, veid: number): boolean
  /** To the disk's part of `spec.limits`, attached or not; what it has is no error. Throws `no-disk-space`, `capability-missing`. */
  limit(sys: Sys, spec: VeSpec): void
  /** From wherever it is, and the rescue system's root if that is what is mounted as the VE's. */
  detach(sys: Sys, veid: number): void
  /** Removes the file system, which is not attached. */
  remove(sys: Sys, veid: number): void
  /** Of all these VEs, which have this driver, with one or two processes. What cannot be read is null. */
  use(sys: Sys, specs: readonly VeSpec[]): Map<number, DiskUse>
  /** Waits until all that was written to it, attached or not, is on the host's disk: it outlives a power cut. */
  persist(sys: Sys, veid: number): void
  readonly snapshots: DiskSnapshots
}
