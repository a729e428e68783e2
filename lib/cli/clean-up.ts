import { existsSync } from 'node:fs'
import path from 'node:path'
import { stopEmbeddedPostgres } from '../db/embedded-postgres.ts'
import { isOn } from '../lab/lab-host.ts'
import { readLab } from '../lab/lab-state.ts'
import { lowerLab } from '../lab/lower-lab.ts'
import { isAlive, stopProcess } from '../setup/process-identity.ts'
import { type RunRecord, removeRunRecord } from './run-record.ts'

export const labDirectory = (dataDir: string) => path.join(dataDir, 'lab')

/**
 * Stops everything that a run on this data directory may have left: its web and worker, the lab, PostgreSQL,
 * in the order of a normal stop. Each child gets graceMs between SIGTERM and SIGKILL. Gives the names of what ran.
 */
export async function cleanUp(
  dataDir: string,
  record: RunRecord | undefined,
  graceMs: number,
): Promise<string[]> {
  if (!existsSync(dataDir)) return []
  const children = Object.entries(record?.children ?? {}).filter(([, identity]) => isAlive(identity))
  await Promise.all(children.map(([, identity]) => stopProcess(identity, { graceMs })))
  const stopped = children.map(([name]) => name)
  if (process.getuid?.() === 0) {
    if (readLab(labDirectory(dataDir))?.hosts.some(isOn)) stopped.push('lab hosts')
    // Also when no host is on: it may have died, or been interrupted, with its network half made.
    await lowerLab(labDirectory(dataDir))
  }
  if (await stopEmbeddedPostgres(dataDir)) stopped.push('PostgreSQL')
  removeRunRecord(dataDir)
  return stopped
}
