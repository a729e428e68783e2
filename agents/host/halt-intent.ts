import { vePaths } from './paths.ts'
import type { Sys } from './sys/sys.ts'

/** Another worker may have to take over the waiting. */
const SPARE_SECONDS = 60

/**
 * That the panel asked a VE to halt. It counts for as long as the panel waits, for a stop that was called off does not say so here;
 * and no longer than the VE runs.
 */
export function noteHaltAsked(sys: Sys, veid: number, waitSeconds: number): void {
  sys.write(vePaths(veid).halting, String(sys.now() + (waitSeconds + SPARE_SECONDS) * 1000))
}

export function haltAsked(sys: Sys, veid: number): boolean {
  return Number(sys.read(vePaths(veid).halting) ?? 0) > sys.now()
}

export function forgetHaltAsked(sys: Sys, veid: number): void {
  sys.remove(vePaths(veid).halting)
}
