/** What a simulated host finds again after its process was restarted: the panel's own record of it. */
import type { TemplateCache } from '../../lib/contract/agent-protocol.ts'

export type RecordedVe = {
  veid: number
  uuid: string
  epoch: number
  name: string
  running: boolean
  memoryBytes: number
}

/** Settled VEs and caches only: what is under way is not on the disk yet. */
export type SimulatedDisk = {
  ves(): Promise<RecordedVe[]>
  caches(): Promise<TemplateCache[]>
}
