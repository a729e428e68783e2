import type { Sys } from '../sys/sys.ts'

/** SIGPWR and SIGRTMIN+3: the same numbers on x86, Itanium and Power (signal(7)). */
const SIGPWR = 30
const SIGRTMIN_3 = 37

/**
 * The signal that makes an init halt: systemd(1) halts on SIGRTMIN+3, sysvinit on SIGPWR with the inittab of our templates.
 * The name comes from inside the VE; a false one only makes it miss the wish to halt.
 */
export function haltSignal(sys: Sys, initPid: number): number {
  return sys.read(`/proc/${initPid}/comm`)?.trim() === 'systemd' ? SIGRTMIN_3 : SIGPWR
}
