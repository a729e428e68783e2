/** How VEs move between simulated hosts. Nothing is sent: each host knows only what the panel tells it, as agents do. */
import { randomBytes } from 'node:crypto'
import { MOVE_KINDS, type MoveObstacle } from '../../lib/contract/moves.ts'
import { Problem } from '../../lib/contract/problem.ts'
import { MIB } from '../../lib/contract/units.ts'
import { hostSentinel, veSentinel } from './sentinels.ts'
import { owned } from './simulated-changes.ts'
import type { SimulatedMethods, SimulatedState } from './simulated-methods.ts'

export type SimulatedMoves = {
  /** By the number of a VE that was given away: the move, and its release. */
  released: Map<number, { move: string; release: string }>
  /** By the number of a VE that came: the move. */
  adopted: Map<number, string>
  /** Moves that are never activated here. */
  cancelled: Set<string>
}

type MoveMethod = Extract<keyof SimulatedMethods, `move-${string}`>

const NO_CHECKPOINT: MoveObstacle = {
  kinds: ['live'],
  text: 'Its kernel writes no memory down (simulated).',
  remedy: 'Move it by a restart.',
}
const PARTS = { stand: 40, dump: 180, disk: 60, images: 90 }
const NO_PARTS = { stand: 0, dump: 0, disk: 60, images: 0 }

/** The first digit of a simulated release says whether memory goes along. */
const makeRelease = (live: boolean) => `${live ? 1 : 0}${randomBytes(32).toString('hex').slice(1)}`
const isLive = (release: string) => release.startsWith('1')

const cannot = (state: SimulatedState) =>
  hostSentinel(state.name) === 'no-checkpoint' ? [NO_CHECKPOINT] : []

export const MOVE_METHODS: Pick<SimulatedMethods, MoveMethod> = {
  async 'move-look'(state, key) {
    const ve = owned(state, key)
    const runs = ve.initPid !== null
    const way: MoveObstacle = runs
      ? { kinds: ['cold'], text: 'It runs.', remedy: 'Move it live or by a restart, or stop it first.' }
      : { kinds: ['live', 'restart'], text: 'It does not run.', remedy: 'Move it cold, or start it first.' }
    const kept = ve.checkpoint ? [inTheWay('It is hibernated.', 'Resume it, or stop it.')] : []
    return {
      obstacles: [...kept, ...(runs ? cannot(state) : []), way],
      origin: { machine: 'simulated', kernel: '6.12.0', criu: '4.1', cpuFlags: [], cgroupVersion: 2 },
      memoryBytes: state.ves.observe(key.veid).memoryBytes ?? 0,
      diskBytes: state.ves.observe(key.veid).diskUsedBytes ?? 0,
    }
  },

  async 'move-fits'(state, { spec }) {
    const taken = state.ves.get(spec.veid) !== undefined
    return {
      obstacles: [
        ...(taken ? [inTheWay(`VE ${spec.veid} is there already.`, 'Choose another host.')] : []),
        ...cannot(state),
      ],
    }
  },

  async 'move-offer'(state, key, report) {
    owned(state, key)
    await report.step('Make a key', 50)
    return { publicKey: 'ssh-ed25519 simulated' }
  },

  async 'move-receive'(state, { spec }, report) {
    if (state.ves.get(spec.veid))
      throw new Problem('veid-taken', `VE ${spec.veid} is on this host already (simulated).`)
    await report.step('Keep a place', 50)
    return { hostKeys: ['ssh-ed25519 simulated'] }
  },

  async 'move-disk'(state, key, report) {
    const ve = owned(state, key)
    await report.step('Send the disk', veSentinel(ve.name) === 'slow-move' ? 6_000 : 200)
    const bytes = state.ves.observe(key.veid).diskUsedBytes ?? 0
    return {
      passes: [
        { bytes, milliseconds: 1_900 },
        { bytes: MIB, milliseconds: 120 },
      ],
    }
  },

  async 'move-freeze'(state, { live, ...key }, report) {
    const known = state.moves.released.get(key.veid)
    const ve = owned(state, key)
    const [parts, bytes] = [live ? PARTS : NO_PARTS, live ? 24 * MIB : MIB]
    if (known?.move === key.move) return { release: known.release, bytes, parts }
    if (live !== (ve.initPid !== null))
      throw new Problem('ve-state-forbids', `VE ${key.veid} cannot move so as it is (simulated).`)
    await report.step(live ? 'Freeze it and send its memory' : 'Send the last of its disk', 200)
    if (veSentinel(ve.name) === 'fail-move-freeze')
      throw new Problem('checkpoint-failed', `The memory of ${ve.name} could not be sent (simulated).`)
    const release = makeRelease(live)
    state.moves.released.set(key.veid, { move: key.move, release })
    return { release, bytes, parts }
  },

  async 'move-activate'(state, { spec, move, release, start }, report) {
    const { veid, name } = spec
    if (state.moves.adopted.get(veid) !== move) {
      if (state.moves.cancelled.has(move))
        throw new Problem(
          've-state-forbids',
          `VE ${veid} is not expected here: it was cancelled (simulated).`,
        )
      state.ves.create(spec)
      state.moves.adopted.set(veid, move)
      if (isLive(release)) state.ves.rollBack(veid, { at: Date.now(), bytes: 24 * MIB })
    }
    await report.step('Bring it back', 150)
    if (veSentinel(name) === 'fail-move-activate')
      throw new Problem('restore-failed', `${name} could not be brought back (simulated).`)
    if (state.ves.get(veid)?.checkpoint) state.ves.resume(veid)
    else if (start) state.ves.start(veid)
    return { ve: state.ves.observe(veid), restoreMilliseconds: isLive(release) ? 150 : 0 }
  },

  async 'move-done'(state, { veid, move, newEpoch }, report) {
    const known = state.moves.released.get(veid)
    if (known && known.move !== move)
      throw new Problem('ve-state-forbids', `VE ${veid} was not released by this move (simulated).`)
    await report.step('Remove it here', 50)
    state.moves.released.delete(veid)
    state.moves.adopted.delete(veid)
    state.ves.destroy(veid, newEpoch)
    return {}
  },

  async 'move-cancel'(state, { veid, move, dropped }) {
    const known = state.moves.released.get(veid)
    if (known?.move === move) {
      if (!dropped)
        throw new Problem(
          've-state-forbids',
          `VE ${veid} was released: its destination has to drop it first.`,
        )
      state.moves.released.delete(veid)
    } else if (state.moves.adopted.get(veid) === move) {
      throw new Problem('ve-state-forbids', `VE ${veid} has been taken over by this host (simulated).`)
    } else state.moves.cancelled.add(move)
    return { ve: state.ves.get(veid) ? state.ves.observe(veid) : null }
  },
}

function inTheWay(text: string, remedy: string): MoveObstacle {
  return { kinds: [...MOVE_KINDS], text, remedy }
}
