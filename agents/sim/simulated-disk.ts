/** What a simulated host finds again after its process was restarted: the panel's own record of it. */
import type { ObservedVe, TemplateCache } from '../../lib/contract/agent-protocol.ts'
import type { VeBackup } from '../../lib/contract/backups.ts'

export type RecordedVe = {
  veid: number
  uuid: string
  epoch: number
  name: string
  running: boolean
  memoryBytes: number
  /** Its memory is on the disk: since when (milliseconds since 1970), and how large. */
  checkpoint: ObservedVe['checkpoint']
  /** False while it is made, and after that failed: whether it is on the disk, only the host's own memory knows. */
  settled: boolean
}

/** `veUuid`: of the VE that it is of. `at`: milliseconds since 1970. */
export type RecordedSnapshot = { id: string; veUuid: string; at: number; memory: boolean; bytes: number }

/** Caches that are built, and every VE that is not destroyed. */
export type SimulatedDisk = {
  ves(): Promise<RecordedVe[]>
  caches(): Promise<TemplateCache[]>
  snapshots(): Promise<RecordedSnapshot[]>
  backups(): Promise<VeBackup[]>
}
