import { existsSync, realpathSync, rmSync } from 'node:fs'
import path from 'node:path'
import { stopProcess } from '../setup/process-identity.ts'
import { removeCgroups } from './cgroups.ts'
import { withFileLock } from './file-lock.ts'
import { stopHost } from './lab-host.ts'
import { type LabState, labFile, readLab, writeLab } from './lab-state.ts'
import { removeBridge } from './network.ts'

const CACHE_GRACE_MS = 5_000

/**
 * Undoes all that raising the lab in this directory made on the machine: processes, namespaces, mounts, loop devices, links,
 * cgroups. The hosts' disks and keys stay for the next time, unless `erase`. Harmless when the lab is down or was never there.
 */
export async function lowerLab(dir: string, { erase = false }: { erase?: boolean } = {}): Promise<void> {
  if (!existsSync(labFile(dir))) return
  const real = realpathSync(dir)
  await withFileLock(path.join(real, 'lock'), async () => {
    const state = readLab(real)
    if (state) await powerOff(real, state)
    if (!erase) return
    // lab.json last: until then it tells what there is to lower and erase.
    for (const entry of ['hosts', 'operator', 'lab.json'])
      rmSync(path.join(real, entry), { recursive: true, force: true })
  })
}

/** Needs the lab's lock. */
export async function powerOff(dir: string, state: LabState): Promise<void> {
  await Promise.all(state.hosts.map((host) => stopHost(dir, state, host)))
  if (state.packageCache) await stopProcess(state.packageCache.server, { graceMs: CACHE_GRACE_MS })
  // What is left below them: a build, or a process whose start was never recorded.
  await removeCgroups(state.cgroups)
  await removeBridge(state.id)
  delete state.packageCache
  state.cgroups = []
  writeLab(dir, state)
}
