/** The end of a move on its source: all that was not sent yet, while nothing of the VE moves, and the release. */
import type { AgentResult } from '../../../lib/contract/agent-protocol.ts'
import type { MoveTarget } from '../../../lib/contract/moves.ts'
import type { VeSpec } from '../../../lib/contract/ve-spec.ts'
import { dump } from '../checkpoint/dump.ts'
import { beginCheckpoint } from '../checkpoint/keep.ts'
import { standStill } from '../checkpoint/stand-still.ts'
import { type MethodContext, step } from '../request.ts'
import { withRevert } from '../revert.ts'
import { mustRun } from '../sys/run.ts'
import type { Sys } from '../sys/sys.ts'
import type { Seal } from './incoming.ts'
import { startSending } from './link.ts'
import { getOutgoing, writeOutgoing } from './outgoing.ts'
import { startPass, takeCopy } from './passes.ts'

type To = { move: string; target: MoveTarget }
type Released = AgentResult<'move-freeze'>

/** 256 bits, in hexadecimal. */
function newRelease(sys: Sys): string {
  return mustRun(sys, ['od', '-An', '-v', '-tx1', '-N32', '/dev/urandom']).stdout.replace(/\s/g, '')
}

function digestOf(sys: Sys, release: string): string {
  return mustRun(sys, ['sha256sum'], { stdin: release }).stdout.slice(0, 64)
}

export const isReleaseOf = (sys: Sys, seal: Seal, release: string): boolean =>
  digestOf(sys, release) === seal.release

/** The destination has all of it on its disk and can tell the release when this host journals it: that is the last thing here. */
function release(sys: Sys, { veid }: VeSpec, move: string, released: Released): Released {
  writeOutgoing(sys, veid, { ...getOutgoing(sys, veid, move), released })
  return released
}

const sealWords = (sys: Sys, live: boolean, token: string) => [
  'seal',
  JSON.stringify({ release: digestOf(sys, token), live } satisfies Seal),
]

/** Of a VE that runs, and goes on as before when this throws. `made`: as it was made. */
export function giveAwayLive(context: MethodContext, made: VeSpec, initPid: number, to: To): Released {
  const { sys } = context
  const { move, target } = to
  const token = newRelease(sys)
  const seal = sealWords(sys, true, token)
  return withRevert((revert) => {
    const folder = beginCheckpoint(sys, made.veid, revert)
    const began = sys.now()
    step(context, 'freeze', 'Cut its network and freeze it', () => standStill(sys, made, revert))
    const stood = sys.now()
    // Nothing of the disk changes any more: it is sent beside the dump.
    const disk = startPass(sys, made, { ...to, name: takeCopy(sys, made) })
    step(context, 'memory', 'Write its memory down', () => dump(sys, made, initPid, folder, began))
    const dumped = sys.now()
    const diskBytes = step(context, 'disk', 'Send the last of the disk', () => disk.wait())
    const diskSent = sys.now()
    const images = step(context, 'images', 'Send its memory', () =>
      startSending(sys, move, target, ['images', folder, ...seal]).wait(),
    )
    const parts = {
      stand: stood - began,
      dump: dumped - stood,
      disk: diskSent - dumped,
      images: sys.now() - diskSent,
    }
    return release(sys, made, move, { release: token, bytes: diskBytes + images, parts })
  })
}

/** Of a VE that is stopped. */
export function giveAwayStopped(context: MethodContext, spec: VeSpec, to: To): Released {
  const { sys } = context
  const { move, target } = to
  const token = newRelease(sys)
  const diskBytes = step(context, 'disk', 'Send the last of the disk', () =>
    startPass(sys, spec, { ...to, name: takeCopy(sys, spec) }).wait(),
  )
  startSending(sys, move, target, sealWords(sys, false, token)).wait()
  return release(sys, spec, move, {
    release: token,
    bytes: diskBytes,
    parts: { stand: 0, dump: 0, disk: 0, images: 0 },
  })
}
