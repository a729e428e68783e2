import type { CapabilityReport } from '../contract/capabilities.ts'
import { Problem } from '../contract/problem.ts'
import type { Db } from '../db/client.ts'

/** Why the memory of VEs cannot be written down on a host; null when it can, or the host has yet to say. Pure. */
export function checkpointObstacle(host: { name: string; capabilities: unknown }): string | null {
  const report = (host.capabilities as Partial<CapabilityReport> | null)?.checkpoint
  if (!report || report.available) return null
  return `${host.name} cannot write the memory of VEs down: ${report.reason ?? 'it does not say why.'}`
}

/** Throws `capability-missing`. */
export async function refuseWithoutCheckpoint(on: Db, hostId: string): Promise<void> {
  const select = { name: true, capabilities: true }
  const obstacle = checkpointObstacle(await on.host.findUniqueOrThrow({ where: { id: hostId }, select }))
  if (obstacle !== null) throw new Problem('capability-missing', obstacle)
}
