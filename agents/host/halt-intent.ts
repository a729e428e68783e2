import { STOP_SECONDS_MOST } from '../../lib/contract/agent-constants.ts'
import { vePaths } from './paths.ts'
import type { Sys } from './sys/sys.ts'

/** That the panel asked a VE to halt. It counts for as long as the panel may wait, and no longer than the VE runs. */
export function noteHaltAsked(sys: Sys, veid: number): void {
  sys.write(vePaths(veid).halting, String(sys.now() + STOP_SECONDS_MOST * 1000))
}

export function haltAsked(sys: Sys, veid: number): boolean {
  return Number(sys.read(vePaths(veid).halting) ?? 0) > sys.now()
}

export function forgetHaltAsked(sys: Sys, veid: number): void {
  sys.remove(vePaths(veid).halting)
}
