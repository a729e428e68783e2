/** What came becomes the VE, by one rename. */
import { HOST_PATHS } from '../../../lib/contract/agent-protocol.ts'
import { Problem } from '../../../lib/contract/problem.ts'
import type { VeSpec } from '../../../lib/contract/ve-spec.ts'
import { type CheckpointMeta, readMeta } from '../checkpoint/checkpoint-meta.ts'
import { bootId } from '../facts/boot-id.ts'
import { vePaths } from '../paths.ts'
import { readJson, replaceFile } from '../sys/files.ts'
import { mustRun } from '../sys/run.ts'
import type { Sys } from '../sys/sys.ts'
import { isReleaseOf } from './give-away.ts'
import { type Accepted, endReceiver, readAccepted, type Seal } from './incoming.ts'
import { movePaths } from './move-paths.ts'

const INTERFACE = /^(?!if\d+$)[\w.-]{1,15}$/

/** The source wrote it: these of its words reach CRIU's settings, a line each. What is mounted is looked up by place, restore.ts. */
function isSound(meta: CheckpointMeta | null, veid: number): boolean {
  if (meta === null || !Array.isArray(meta.mounts)) return false
  const names = Object.entries(meta.interfaces ?? {})
  return names.every(
    ([end, name]) =>
      new RegExp(`^ve${veid}\\.\\d+$`).test(end) && typeof name === 'string' && INTERFACE.test(name),
  )
}

function refuseUnsealed(sys: Sys, veid: number, release: string): void {
  const { sealed, sealedBoot, disk, checkpoint } = movePaths(veid)
  const seal = readJson<Seal>(sys, sealed)
  if (seal === null || !isReleaseOf(sys, seal, release) || sys.stat(disk)?.kind !== 'file') {
    throw new Problem(
      've-state-forbids',
      `The source has not released VE ${veid} by this word, or not all of it came.`,
    )
  }
  // It was not waited for until it was on the disk: a reboot may have torn it.
  if (seal.live && sys.read(sealedBoot) !== bootId(sys)) {
    throw new Problem(
      've-state-forbids',
      `This host has restarted since the memory of VE ${veid} came: cancel the move here, then on the source.`,
    )
  }
  if (seal.live && !isSound(readMeta(sys, checkpoint), veid)) {
    throw new Problem('restore-failed', `The memory of VE ${veid} that came is none.`)
  }
}

/** Whether the VE that is here came by this move. */
export const cameBy = (sys: Sys, veid: number, move: string): boolean =>
  readJson<Accepted>(sys, `${vePaths(veid).home}/adopted.json`)?.move === move

/** One that was adopted before an agent was killed, or is to be now. Null when there is none. */
function findArrived(sys: Sys, veid: number): Accepted | null {
  return readAccepted(sys, veid) ?? readJson<Accepted>(sys, movePaths(veid).adopted)
}

/**
 * From here on the VE is this host's, stopped or hibernated. Nobody writes to it any more by the move's key, which is still to be taken
 * away (unauthorize). Throws `ve-state-forbids` without the release: it can still be cancelled then.
 */
export function adopt(sys: Sys, spec: VeSpec, move: string, release: string): void {
  const { veid } = spec
  const paths = movePaths(veid)
  if (findArrived(sys, veid)?.move !== move) {
    throw new Problem(
      've-state-forbids',
      `VE ${veid} is not expected here by move ${move}: it was cancelled.`,
    )
  }
  if (sys.stat(paths.accepted) !== null) sys.rename(paths.accepted, paths.adopted)
  endReceiver(sys, veid)
  try {
    refuseUnsealed(sys, veid, release)
  } catch (error) {
    sys.rename(paths.adopted, paths.accepted)
    throw error
  }
  takeHome(sys, spec)
}

function takeHome(sys: Sys, spec: VeSpec): void {
  const { home, uuid, spec: specFile } = vePaths(spec.veid)
  const { incoming } = movePaths(spec.veid)
  const inside = (path: string) => path.replace(home, incoming)
  sys.write(inside(uuid), `${spec.uuid}\n`)
  replaceFile(sys, inside(specFile), JSON.stringify(spec))
  mustRun(sys, ['sync', inside(uuid), inside(specFile), incoming])
  sys.rename(incoming, home)
  mustRun(sys, ['sync', HOST_PATHS.ve])
  for (const name of ['receiver', 'sealed.json', 'sealed.boot']) sys.remove(`${home}/${name}`)
}
