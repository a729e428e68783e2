/** The disk of a VE, sent in passes: first all of it, then what has changed since, each from a copy that is of one instant. */
import type { MoveTarget } from '../../../lib/contract/moves.ts'
import { Problem } from '../../../lib/contract/problem.ts'
import type { VeSpec } from '../../../lib/contract/ve-spec.ts'
import { bootId } from '../facts/boot-id.ts'
import { loadStorage } from '../storage/load.ts'
import { ensureDirectory } from '../sys/files.ts'
import type { Sys } from '../sys/sys.ts'
import { startSending } from './link.ts'
import { movePaths } from './move-paths.ts'
import { getOutgoing, writeOutgoing } from './outgoing.ts'

/** Less than this is left for the freeze. */
const SMALL_BYTES = 4 * 2 ** 20
const PASSES_MOST = 6
/** A pass that is not smaller than this part of the one before: what is written is written as fast as it is sent. */
const SHRINKS = 0.7

function removeCopy(sys: Sys, veid: number, name: string): void {
  const { copy, copiedDisk } = movePaths(veid)
  sys.remove(copiedDisk(name))
  sys.remove(copy(name))
}

/** Copies that the destination's state is told by stay, others are of passes that were never sent. */
export function keepCopies(sys: Sys, veid: number, names: readonly string[]): void {
  for (const name of sys.list(movePaths(veid).outgoing))
    if (!names.includes(name)) removeCopy(sys, veid, name)
}

export function removeCopies(sys: Sys, veid: number): void {
  keepCopies(sys, veid, [])
  sys.remove(movePaths(veid).outgoing)
}

/** Before one is taken: whether there is room for it; what can be written out before the VE stands still is. Throws `no-disk-space`. */
export function prepareCopy(sys: Sys, spec: VeSpec): void {
  const { outgoing } = movePaths(spec.veid)
  ensureDirectory(sys, outgoing)
  loadStorage(spec.storage).snapshots.prepare(sys, spec, outgoing)
}

/** A copy of the disk as it is now, flushed. */
export function takeCopy(sys: Sys, spec: VeSpec, name: string): void {
  const folder = movePaths(spec.veid).copy(name)
  ensureDirectory(sys, folder)
  loadStorage(spec.storage).snapshots.take(sys, spec, folder)
}

const ofThisBoot = (sys: Sys) => `${bootId(sys)}.`

/** A power cut may tear a copy, which nobody waits for, though parts of it have been sent: it is no base after that. */
export const newCopyName = (sys: Sys): string => `${ofThisBoot(sys)}${sys.now()}`

/**
 * Before any of that copy is sent: noted, so that whoever comes after a pass that was cut off sends whatever of it has arrived again.
 * Gives the words for the sender.
 */
export function beginPass(sys: Sys, { veid }: VeSpec, move: string, name: string): string[] {
  const { copiedDisk } = movePaths(veid)
  const before = getOutgoing(sys, veid, move)
  const isThere = (base: string) => base.startsWith(ofThisBoot(sys)) && sys.stat(copiedDisk(base)) !== null
  // Of one that was noted and never made nothing was sent. Without the first, all is sent anew.
  const bases = before.bases.slice(0, 1).every(isThere) ? before.bases.filter(isThere) : []
  if (bases.length > 0) writeOutgoing(sys, veid, { ...before, bases: [...bases, name] })
  return ['disk', copiedDisk(name), ...bases.map(copiedDisk)]
}

/** Once all of it has arrived. */
export function endPass(sys: Sys, { veid }: VeSpec, move: string, name: string): void {
  writeOutgoing(sys, veid, { ...getOutgoing(sys, veid, move), bases: [name] })
  keepCopies(sys, veid, [name])
}

type To = { move: string; target: MoveTarget }

/** `take` makes a new copy by that name. Gives the number of bytes. */
export function sendPass(sys: Sys, spec: VeSpec, to: To, take: (name: string) => void): number {
  const name = newCopyName(sys)
  take(name)
  const words = beginPass(sys, spec, to.move, name)
  const bytes = startSending(sys, to.move, to.target, words).wait()
  endPass(sys, spec, to.move, name)
  return bytes
}

export type PassResult = { bytes: number; milliseconds: number }

/** `onPass` is told of each. */
export function sendInPasses(
  sys: Sys,
  spec: VeSpec,
  to: To,
  take: (name: string) => void,
  onPass: (pass: PassResult) => void,
): PassResult[] {
  const passes: PassResult[] = []
  for (;;) {
    const began = sys.now()
    const bytes = sendPass(sys, spec, to, take)
    const pass = { bytes, milliseconds: sys.now() - began }
    const before = passes.at(-1)
    passes.push(pass)
    onPass(pass)
    if (bytes < SMALL_BYTES || passes.length >= PASSES_MOST) return passes
    if (before !== undefined && bytes > before.bytes * SHRINKS) return passes
  }
}

/** Throws `capability-missing`. */
export function refuseStorage({ storage }: VeSpec): void {
  if (storage === 'image') return
  throw new Problem('capability-missing', `A VE on ${storage} storage does not move yet.`)
}
