/** Backups on a simulated host, which has one store for all that it is asked for: found again in the panel's record. */
import { createHash } from 'node:crypto'
import type { VeBackup } from '../../lib/contract/backups.ts'
import { Problem } from '../../lib/contract/problem.ts'
import { GIB, MIB } from '../../lib/contract/units.ts'
import { veSentinel } from './sentinels.ts'
import { owned } from './simulated-changes.ts'
import type { SimulatedMethods, SimulatedState } from './simulated-methods.ts'

/** By id; null: deleted, whatever the panel's record still says. */
export type SimulatedBackups = Map<string, VeBackup | null>

const DISK_BYTES = 320 * MIB
const STORE_BYTES = 500 * GIB

async function kept(state: SimulatedState): Promise<VeBackup[]> {
  for (const each of await state.disk.backups())
    if (!state.backups.has(each.id)) state.backups.set(each.id, each)
  return [...state.backups.values()].filter((each) => each !== null)
}

async function found(state: SimulatedState, id: string, digest: string): Promise<VeBackup> {
  const backup = (await kept(state)).find((each) => each.id === id)
  if (!backup) throw new Problem('not-found', `There is no backup ${id} in the store (simulated).`)
  if (backup.digest !== digest)
    throw new Problem('backup-damaged', `The disk of backup ${id} is not what was written there (simulated).`)
  return backup
}

type BackupMethod = Extract<keyof SimulatedMethods, `ve-backup-${string}` | `backup-${string}`>

export const BACKUP_METHODS: Pick<SimulatedMethods, BackupMethod> = {
  async 'backup-store-look'(state, { store }) {
    if (store.path.endsWith('/not-empty'))
      throw new Problem('invalid-input', `${store.path} is not empty (simulated).`)
    const backups = await kept(state)
    const used = backups.reduce((sum, { bytes }) => sum + bytes, 0)
    return { freeBytes: STORE_BYTES - used, totalBytes: STORE_BYTES, backups: backups.map(({ id }) => id) }
  },

  async 've-backup-create'(state, { backup: id, store: _, settings, ...key }, report) {
    const ve = owned(state, key)
    const there = (await kept(state)).find((each) => each.id === id)
    if (there) return there
    const sentinel = veSentinel(ve.name)
    await report.step('Copy the disk', 100)
    if (sentinel === 'fail-backup')
      throw new Problem('agent-failed', `The disk of ${ve.name} could not be packed (simulated).`)
    const at = Date.now()
    await report.step('Compress it into the store', sentinel === 'slow-backup' ? 6_000 : 200)
    const digest = `sha256:${createHash('sha256').update(`${id} ${settings}`).digest('hex')}`
    const backup = { id, at, bytes: DISK_BYTES / 2, diskBytes: DISK_BYTES, digest }
    state.backups.set(id, backup)
    return backup
  },

  async 've-backup-restore'(state, { spec, backup: id, digest }, report) {
    state.ves.checkUuid(spec.veid, spec.uuid)
    state.ves.checkEpoch(spec.veid, spec.epoch)
    await found(state, id, digest)
    const ve = state.ves.get(spec.veid)
    if (ve && ve.initPid !== null)
      throw new Problem('ve-state-forbids', `VE ${spec.veid} runs; stop it first.`)
    await report.step('Unpack the disk', 200)
    if (veSentinel(spec.name) === 'fail-recover')
      throw new Problem('agent-failed', `The disk of ${spec.name} could not be unpacked (simulated).`)
    if (ve) state.ves.rollBack(spec.veid, null)
    else state.ves.create(spec)
    return state.ves.observe(spec.veid)
  },

  async 'backup-verify'(state, { backup: id, digest }, report) {
    await report.step('Compare its digest', 200)
    return { bytes: (await found(state, id, digest)).bytes }
  },

  async 'backup-delete'(state, { backup: id }, report) {
    await report.step('Remove the backup', 50)
    state.backups.set(id, null)
    return {}
  },
}
