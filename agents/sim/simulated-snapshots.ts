/** Snapshots on a simulated host: kept beside their VE, found again in the panel's record. */
import type { AgentParams } from '../../lib/contract/agent-protocol.ts'
import { Problem } from '../../lib/contract/problem.ts'
import type { SnapshotRoom, VeSnapshot } from '../../lib/contract/snapshots.ts'
import { formatBytes, MIB } from '../../lib/contract/units.ts'
import { veSentinel } from './sentinels.ts'
import { owned } from './simulated-changes.ts'
import type { RecordedSnapshot } from './simulated-disk.ts'
import type { SimulatedMethods, SimulatedState } from './simulated-methods.ts'

type Kept = { veUuid: string; snapshot: VeSnapshot }
/** By id; null: deleted, whatever the panel's record still says. */
export type SimulatedSnapshots = Map<string, Kept | null>

/** What has changed on the disk since, and so is kept a second time. */
const DISK_BYTES = 12 * MIB

function kept({ id, veUuid, at, memory, bytes }: RecordedSnapshot): Kept {
  return { veUuid, snapshot: { id, at, memory, bytes, mountedAt: null } }
}

async function of(state: SimulatedState, veUuid: string): Promise<Kept[]> {
  for (const each of await state.disk.snapshots())
    if (!state.snapshots.has(each.id)) state.snapshots.set(each.id, kept(each))
  return [...state.snapshots.values()].filter((each) => each !== null && each.veUuid === veUuid) as Kept[]
}

export async function findSimulatedSnapshot(
  state: SimulatedState,
  veUuid: string,
  id: string,
): Promise<VeSnapshot> {
  const snapshot = (await of(state, veUuid)).find((each) => each.snapshot.id === id)?.snapshot
  if (!snapshot) throw new Problem('not-found', `There is no snapshot ${id} of this VE (simulated).`)
  return snapshot
}

const heldOf = (all: readonly Kept[]) => all.reduce((sum, { snapshot }) => sum + (snapshot.bytes ?? 0), 0)

function refuseBeyond(held: number, { heldBytes }: SnapshotRoom): void {
  if (held < heldBytes) return
  const most = formatBytes(heldBytes)
  throw new Problem('too-many-snapshots', `Its snapshots take ${formatBytes(held)} of ${most} (simulated).`)
}

type SnapshotMethod = Extract<keyof SimulatedMethods, `ve-snapshot-${string}`>

/** Without the snapshot, which `owned` knows nothing of. */
const keyOf = ({ veid, uuid, epoch }: AgentParams<'ve-snapshot-list'>) => ({ veid, uuid, epoch })

export const SNAPSHOT_METHODS: Pick<SimulatedMethods, SnapshotMethod> = {
  async 've-snapshot-create'(state, { snapshot: id, memory, room, ...key }, report) {
    const ve = owned(state, key)
    const there = (await of(state, key.uuid)).find((each) => each.snapshot.id === id)
    if (there) return { snapshot: there.snapshot, ve: state.ves.observe(key.veid) }
    if (memory && ve.initPid === null)
      throw new Problem('ve-state-forbids', `VE ${key.veid} does not run: it has no memory to keep.`)
    const sentinel = veSentinel(ve.name)
    if (room) refuseBeyond(heldOf(await of(state, key.uuid)), room)
    if (memory) await report.step('Write its memory to the disk', 200)
    await report.step('Copy its disk', sentinel === 'slow-snapshot' ? 6_000 : 100)
    if (sentinel === 'fail-snapshot')
      throw new Problem('agent-failed', `The disk of ${ve.name} could not be copied (simulated).`)
    const observed = state.ves.observe(key.veid)
    const bytes = DISK_BYTES + (memory ? (observed.memoryBytes ?? 0) : 0)
    const snapshot = { id, at: Date.now(), memory, bytes, mountedAt: null }
    state.snapshots.set(id, { veUuid: key.uuid, snapshot })
    return { snapshot, ve: observed }
  },

  async 've-snapshot-rollback'(state, { spec, snapshot: id, look }, report) {
    const ve = owned(state, spec)
    const { at, memory, bytes } = await findSimulatedSnapshot(state, spec.uuid, id)
    if (look && veSentinel(ve.name) === 'misfit-rollback')
      throw new Problem('conflict', `${ve.name} has other interfaces than its memory (simulated).`)
    if (look) return state.ves.observe(spec.veid)
    if (ve.initPid !== null) throw new Problem('ve-state-forbids', `VE ${spec.veid} runs; stop it first.`)
    await report.step('Bring its disk back', 150)
    if (veSentinel(ve.name) === 'fail-rollback')
      throw new Problem('agent-failed', `The disk of ${ve.name} could not be brought back (simulated).`)
    state.ves.rollBack(spec.veid, memory ? { at, bytes: (bytes ?? DISK_BYTES) - DISK_BYTES } : null)
    return state.ves.observe(spec.veid)
  },

  async 've-snapshot-delete'(state, { snapshot: id, ...key }, report) {
    owned(state, key)
    await report.step('Remove the snapshot', 100)
    state.snapshots.set(id, null)
    return {}
  },

  async 've-snapshot-mount'(state, { snapshot: id, ...key }) {
    owned(state, key)
    const snapshot = await findSimulatedSnapshot(state, key.uuid, id)
    snapshot.mountedAt = `/run/corral/snapshots/${id}`
    return snapshot
  },

  async 've-snapshot-unmount'(state, { snapshot: id, ...key }) {
    owned(state, key)
    const snapshot = await findSimulatedSnapshot(state, key.uuid, id)
    snapshot.mountedAt = null
    return snapshot
  },

  async 've-snapshot-list'(state, key) {
    owned(state, keyOf(key))
    const all = await of(state, key.uuid)
    return { snapshots: all.map(({ snapshot }) => snapshot), heldBytes: heldOf(all) }
  },
}
