import type { Sys } from '../sys/sys.ts'

/** SIGPWR and SIGRTMIN+3: the same numbers on x86, Itanium and Power (signal(7)). */
const SIGPWR = 30
const SIGRTMIN_3 = 37

/** By the program that runs, which the VE cannot make up as it can its name. */
export function isSystemd(sys: Sys, initPid: number): boolean {
  return /\/systemd$/.test(sys.readlink(`/proc/${initPid}/exe`) ?? '')
}

/** The signal that makes an init halt: SIGRTMIN+3 for systemd(1), SIGPWR for sysvinit with the inittab of our templates. */
export function haltSignal(sys: Sys, initPid: number): number {
  return isSystemd(sys, initPid) ? SIGRTMIN_3 : SIGPWR
}
