/** What keeps a VE from leaving this host, as far as it can be told before it is tried. */
import { MOVE_KINDS, type MoveKind, type MoveObstacle } from '../../../lib/contract/moves.ts'
import type { VeSpec } from '../../../lib/contract/ve-spec.ts'
import { readCheckpoint } from '../checkpoint/checkpoint-meta.ts'
import { checkpointObstacles } from '../checkpoint/obstacles.ts'
import { probeCheckpoint } from '../facts/checkpoint-probe.ts'
import { asMade } from '../made.ts'
import { loadRuntime } from '../runtime/load.ts'
import { snapshotIds } from '../snapshots/store.ts'
import { rescueOf } from '../storage/rescue-disk.ts'
import type { Sys } from '../sys/sys.ts'
import { isReleased } from './outgoing.ts'

export const obstacle = (kinds: readonly MoveKind[], text: string, remedy: string | null): MoveObstacle => ({
  kinds: [...kinds],
  text,
  remedy,
})

function ofAnyKind(sys: Sys, spec: VeSpec): MoveObstacle[] {
  const { veid, storage, devices, networkDevices } = spec
  const snapshots = snapshotIds(sys, veid).length
  const found: [boolean, string, string | null][] = [
    [storage !== 'image', `A VE on ${storage} storage does not move yet.`, 'Keep it on image storage.'],
    [isReleased(sys, veid), 'It was given to another host already.', 'Finish that move, or cancel it.'],
    [readCheckpoint(sys, veid) !== null, 'It is hibernated.', 'Resume it, or stop it.'],
    [rescueOf(sys, veid) !== null, 'It runs its rescue system.', 'Stop it.'],
    [
      snapshots > 0,
      `It has ${snapshots} snapshots, which stay behind with its disk.`,
      'Delete its snapshots.',
    ],
    [devices.length > 0, 'It has devices of this host.', 'Take its devices away.'],
    [networkDevices.length > 0, 'It has network devices of this host.', 'Take its network devices away.'],
  ]
  return found.filter(([is]) => is).map(([, text, remedy]) => obstacle(MOVE_KINDS, text, remedy))
}

export function lookForObstacles(sys: Sys, spec: VeSpec): MoveObstacle[] {
  const init = loadRuntime().init(sys, spec.veid)
  const any = ofAnyKind(sys, spec)
  if (init === null) {
    return [...any, obstacle(['live', 'restart'], 'It does not run.', 'Move it cold, or start it first.')]
  }
  const cannot = probeCheckpoint(sys)
  const said = new Set([cannot, ...checkpointObstacles(sys, asMade(sys, spec), init.pid)])
  const live = [...said].flatMap((text) =>
    text === null ? [] : obstacle(['live'], text, 'Move it by a restart.'),
  )
  return [...any, ...live, obstacle(['cold'], 'It runs.', 'Move it live or by a restart, or stop it first.')]
}
