/** What came becomes the VE, by one rename. */
import { HOST_PATHS } from '../../../lib/contract/agent-protocol.ts'
import { Problem } from '../../../lib/contract/problem.ts'
import type { VeSpec } from '../../../lib/contract/ve-spec.ts'
import { type CheckpointMeta, readMeta } from '../checkpoint/checkpoint-meta.ts'
import { metaFile } from '../checkpoint/checkpoint-paths.ts'
import { removeFolder } from '../checkpoint/keep.ts'
import { bootId } from '../facts/boot-id.ts'
import { vePaths } from '../paths.ts'
import { readJson } from '../sys/files.ts'
import { mustRun, mustStart } from '../sys/run.ts'
import type { Sys } from '../sys/sys.ts'
import { arrivedFile } from './arrived.ts'
import { isReleaseOf } from './give-away.ts'
import { type Accepted, findArrived, type Seal, startEndingReceiver, writeSpec } from './incoming.ts'
import { movePaths } from './move-paths.ts'

const INTERFACE = /^(?!if\d+$)[\w.-]{1,15}$/

/** More than what is told of one, and little enough to be read whole. */
const META_BYTES_MOST = 64 * 1024

/**
 * The source wrote it: these of its words reach CRIU's settings, a line each, or the panel. What is mounted is looked up by place,
 * restore.ts.
 */
function isSound(meta: CheckpointMeta | null, veid: number): boolean {
  if (meta === null || !Array.isArray(meta.mounts)) return false
  if (!Number.isSafeInteger(meta.at) || !Number.isSafeInteger(meta.bytes)) return false
  if (meta.counted !== null && typeof meta.counted !== 'string') return false
  const names = Object.entries(meta.interfaces ?? {})
  return names.every(
    ([end, name]) =>
      new RegExp(`^ve${veid}\\.\\d+$`).test(end) && typeof name === 'string' && INTERFACE.test(name),
  )
}

function refuseUnsealed(sys: Sys, veid: number, release: string): Seal {
  const { sealed, disk, checkpoint } = movePaths(veid)
  const seal = readJson<Seal>(sys, sealed)
  if (seal === null || !isReleaseOf(sys, seal, release) || sys.stat(disk)?.kind !== 'file') {
    throw new Problem(
      've-state-forbids',
      `The source has not released VE ${veid} by this word, or not all of it came.`,
    )
  }
  // It was not waited for until it was on the disk: a reboot may have torn it.
  if (seal.live && sys.read(arrivedFile(checkpoint)) !== bootId(sys)) {
    throw new Problem(
      've-state-forbids',
      `This host has restarted since the memory of VE ${veid} came: cancel the move here, then on the source.`,
    )
  }
  const isSmall = (sys.stat(metaFile(checkpoint))?.sizeBytes ?? 0) <= META_BYTES_MOST
  if (seal.live && !(isSmall && isSound(readMeta(sys, checkpoint), veid))) {
    throw new Problem('restore-failed', `The memory of VE ${veid} that came is none.`)
  }
  return seal
}

/** Whether the VE that is here came by this move. */
export const cameBy = (sys: Sys, veid: number, move: string): boolean =>
  readJson<Accepted>(sys, `${vePaths(veid).home}/adopted.json`)?.move === move

/** Wait for it before the VE goes on: a crash could undo until then by what name it is here. */
export type Adopted = { wait(): void }

/**
 * From here on the VE is this host's, stopped or hibernated. Nobody writes to it any more by the move's key, which is still to be taken
 * away (unauthorize). Throws `ve-state-forbids` without the release: it can still be cancelled then.
 */
export function adopt(sys: Sys, spec: VeSpec, move: string, release: string): Adopted {
  const { veid } = spec
  const paths = movePaths(veid)
  if (findArrived(sys, veid)?.move !== move) {
    throw new Problem(
      've-state-forbids',
      `VE ${veid} is not expected here by move ${move}: it was cancelled.`,
    )
  }
  if (sys.stat(paths.accepted) !== null) sys.rename(paths.accepted, paths.adopted)
  writeSpec(sys, spec)
  const ending = startEndingReceiver(sys, veid)
  const named = mustStart(sys, ['sync', paths.incoming])
  ending.wait()
  const seal = sealOf(sys, veid, release)
  // Of an earlier try to move it live, perhaps: memory that does not go with this disk.
  if (!seal.live) {
    removeFolder(sys, paths.checkpoint)
    mustRun(sys, ['sync', paths.incoming])
  }
  named.wait()
  return takeHome(sys, spec)
}

function sealOf(sys: Sys, veid: number, release: string): Seal {
  const { adopted, accepted } = movePaths(veid)
  try {
    return refuseUnsealed(sys, veid, release)
  } catch (error) {
    sys.rename(adopted, accepted)
    throw error
  }
}

function takeHome(sys: Sys, { veid }: VeSpec): Adopted {
  const { home } = vePaths(veid)
  sys.rename(movePaths(veid).incoming, home)
  const named = mustStart(sys, ['sync', HOST_PATHS.ve])
  for (const name of ['receiver', 'sealed.json']) sys.remove(`${home}/${name}`)
  return named
}
