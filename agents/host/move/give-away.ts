/** The end of a move on its source: all that was not sent yet, while nothing of the VE moves, and the release. */
import type { AgentResult } from '../../../lib/contract/agent-protocol.ts'
import type { MoveTarget } from '../../../lib/contract/moves.ts'
import type { VeSpec } from '../../../lib/contract/ve-spec.ts'
import { dump, prepareDump } from '../checkpoint/dump.ts'
import { beginCheckpoint } from '../checkpoint/keep.ts'
import { standStill } from '../checkpoint/stand-still.ts'
import { type MethodContext, step } from '../request.ts'
import { withRevert } from '../revert.ts'
import { ensureDirectory } from '../sys/files.ts'
import { mustRun } from '../sys/run.ts'
import type { Sys } from '../sys/sys.ts'
import type { Seal } from './incoming.ts'
import { startSending } from './link.ts'
import { movePaths } from './move-paths.ts'
import { getOutgoing, writeOutgoing } from './outgoing.ts'
import { beginPass, newCopyName, prepareCopy, sendPass, takeCopy } from './passes.ts'

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
  live ? 'seal-live' : 'seal',
  JSON.stringify({ release: digestOf(sys, token), live } satisfies Seal),
]

/**
 * Begins before anything stands still: the connection is there, and whoever receives waits, when there is something to send. Each part
 * is sent as soon as there is the file that it awaits.
 */
function startSendingAll(sys: Sys, spec: VeSpec, to: To, { name, folder, seal }: Last) {
  const { outgoing } = movePaths(spec.veid)
  const [copied, dumped] = [`${outgoing}/copied`, `${outgoing}/dumped`]
  ensureDirectory(sys, outgoing)
  for (const path of [copied, dumped]) sys.remove(path)
  const disk = ['room', 'await', copied, ...beginPass(sys, spec, to.move, name), 'flush']
  const sending = startSending(sys, to.move, to.target, [
    ...disk,
    ...['await', dumped, 'images', folder, ...seal],
  ])
  return { ...sending, copied: () => sys.write(copied, ''), dumped: () => sys.write(dumped, '') }
}

type Last = { name: string; folder: string; seal: readonly string[] }

/** Of a VE that runs, and goes on as before when this throws. `made`: as it was made. */
export function giveAwayLive(context: MethodContext, made: VeSpec, initPid: number, to: To): Released {
  const { sys } = context
  const token = newRelease(sys)
  return withRevert((revert) => {
    const folder = beginCheckpoint(sys, made.veid, revert)
    prepareCopy(sys, made)
    const place = prepareDump(sys, made, folder)
    const name = newCopyName(sys)
    const sending = startSendingAll(sys, made, to, { name, folder, seal: sealWords(sys, true, token) })
    const began = sys.now()
    step(context, 'freeze', 'Cut its network and freeze it', () => standStill(sys, made, revert))
    const stood = sys.now()
    let copied = stood
    const copy = () => {
      takeCopy(sys, made, name)
      sending.copied()
      copied = sys.now()
    }
    step(context, 'memory', 'Write its memory down', () => dump(sys, made, initPid, place, began, copy))
    sending.dumped()
    const dumped = sys.now()
    const bytes = step(context, 'images', 'Send its memory', () => sending.wait())
    const parts = {
      stand: stood - began,
      disk: copied - stood,
      dump: dumped - copied,
      images: sys.now() - dumped,
    }
    return release(sys, made, to.move, { release: token, bytes, parts })
  })
}

/** Of a VE that is stopped. */
export function giveAwayStopped(context: MethodContext, spec: VeSpec, to: To): Released {
  const { sys } = context
  const token = newRelease(sys)
  const bytes = step(context, 'disk', 'Send the last of the disk', () =>
    sendPass(sys, spec, to, (name) => {
      prepareCopy(sys, spec)
      takeCopy(sys, spec, name)
    }),
  )
  startSending(sys, to.move, to.target, sealWords(sys, false, token)).wait()
  const parts = { stand: 0, dump: 0, disk: 0, images: 0 }
  return release(sys, spec, to.move, { release: token, bytes, parts })
}
