/** Stops all processes of a VE where they are, and lets them go on, by the freezer of its control group. */
import { Problem } from '../../../lib/contract/problem.ts'
import { veCgroup } from '../paths.ts'
import { cgroupVersion, ROOT } from '../resources/cgroup.ts'
import type { Sys } from '../sys/sys.ts'

const FREEZE_MS_MOST = 10_000

/** v1: freezer.state (Documentation/admin-guide/cgroup-v1/freezer-subsystem.rst); v2: cgroup.freeze, and cgroup.events when it is done. */
export function freezerFile(sys: Sys, veid: number): { path: string; freeze: string; thaw: string } {
  return cgroupVersion(sys) === 1
    ? { path: `${ROOT}/freezer${veCgroup(veid)}/freezer.state`, freeze: 'FROZEN', thaw: 'THAWED' }
    : { path: `${ROOT}${veCgroup(veid)}/cgroup.freeze`, freeze: '1', thaw: '0' }
}

/** Whether all of it stands still. */
export function isFrozen(sys: Sys, veid: number): boolean {
  if (cgroupVersion(sys) === 1) return sys.read(freezerFile(sys, veid).path)?.trim() === 'FROZEN'
  return /^frozen 1$/m.test(sys.read(`${ROOT}${veCgroup(veid)}/cgroup.events`) ?? '')
}

/** Returns when all of it stands still. Throws `checkpoint-failed`: some of it may stand still then, until `thaw`. */
export function freeze(sys: Sys, veid: number): void {
  const { path, freeze: word } = freezerFile(sys, veid)
  const until = sys.now() + FREEZE_MS_MOST
  do {
    sys.write(path, word) // v1: again, for those that were not to be stopped at the first time
    if (isFrozen(sys, veid)) return
    sys.sleep(2)
  } while (sys.now() < until)
  throw new Problem('checkpoint-failed', `The processes of VE ${veid} do not come to a standstill.`)
}

/** Harmless when it goes on already, or there is none. */
export function thaw(sys: Sys, veid: number): void {
  const { path, thaw: word } = freezerFile(sys, veid)
  const held = heldFolder(veid)
  if (sys.stat(held) !== null) sys.write(`${held}/freezer.state`, word)
  if (sys.stat(path) !== null) sys.write(path, word)
}

/** v1: where a VE stands still while crun, which then waits for a helper of its own in the VE's group, has not ended yet. */
const heldFolder = (veid: number) => `${ROOT}/freezer${veCgroup(veid)}/held`

/**
 * A shell script that makes the processes of a VE stand still that CRIU has restored and is about to let go, for its --action-script.
 * CRIU goes on even if that failed: see takeHeld.
 */
export function holdScript(sys: Sys, veid: number): string {
  const { path, freeze: word } = freezerFile(sys, veid)
  const held = heldFolder(veid)
  const lines =
    cgroupVersion(sys) === 1
      ? [
          `mkdir ${held}`,
          `for pid in $(cat ${ROOT}/freezer${veCgroup(veid)}/cgroup.procs); do echo "$pid" >${held}/cgroup.procs || :; done`, // one may have ended
          `echo ${word} >${held}/freezer.state`,
        ]
      : [`echo ${word} >${path}`]
  return ['#!/bin/sh', 'set -e', '[ "$CRTOOLS_SCRIPT_ACTION" = pre-resume ] || exit 0', ...lines, ''].join(
    '\n',
  )
}

/** Once crun has ended. False when it had not been made to stand still: it runs then. */
export function takeHeld(sys: Sys, veid: number): boolean {
  if (cgroupVersion(sys) === 2) {
    if (sys.read(freezerFile(sys, veid).path)?.trim() !== '1') return false
    freeze(sys, veid) // they move no more, and may not be counted as frozen yet
    return true
  }
  const held = heldFolder(veid)
  if (!/^FR/.test(sys.read(`${held}/freezer.state`) ?? '')) return false // FREEZING: they move no more
  const { path, freeze: word, thaw: release } = freezerFile(sys, veid)
  sys.write(path, word) // what is below stands still for this, too
  for (const pid of (sys.read(`${held}/cgroup.procs`) ?? '').split('\n').filter((line) => line !== '')) {
    sys.write(`${ROOT}/freezer${veCgroup(veid)}/cgroup.procs`, pid)
  }
  sys.write(`${held}/freezer.state`, release)
  sys.remove(held)
  freeze(sys, veid)
  return true
}
