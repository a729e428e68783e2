/**
 * What an interface of a VE is made of, as lines for ip(8) and bridge(8), each with the line that takes it back. Two plans of one
 * interface differ by their lines, so a change at run time says only what changes. In lines for inside the VE "@" stands for the
 * interface, which the VE's root may have renamed.
 */
import type { InterfaceKind } from '../../../lib/contract/ve-interface.ts'
import type { Sys } from '../sys/sys.ts'

/** `del` null: what goes with the interface, or does no harm when it stays. */
export type Line = { add: string; del: string | null /** Told anew when this changes. */; on?: string }

/** A file below /proc/sys on the host and what has to be in it. */
export type Setting = { path: string; value: string }

export type InterfacePlan = {
  index: number
  kind: InterfaceKind
  /** Name inside at creation, and of the host's end. */
  ifname: string
  end: string
  /** Options of `ip link add` for the host's end and for the VE's. */
  make: { end: string; peer: string }
  /** Before it comes up. */
  settings: Setting[]
  /** For ip(8) and bridge(8) on the host, ip(8) inside, in order. */
  outside: Line[]
  ports: Line[]
  inside: Line[]
  /** Files below /proc/sys inside the VE, "@" again, that get a 0. */
  insideZeros: string[]
  /** Rules of the chain that sees first what the VE sends: what none accepts is dropped. */
  guard: string[]
}

/** The host's end: at most 15 characters, which the largest veid and 16 interfaces fit. */
export function hostEnd(veid: number, index: number): string {
  return `ve${veid}.${index}`
}

export const isHostEnd = (device: string): boolean => /^ve\d+\.\d+$/.test(device)

/** Host's ends of a VE that are there. */
export function endsOf(sys: Sys, veid: number): string[] {
  return sys.list('/sys/class/net').filter((device) => isHostEnd(device) && device.startsWith(`ve${veid}.`))
}

export const fixed = (add: string, on?: string): Line => ({
  add,
  del: null,
  ...(on === undefined ? {} : { on }),
})

export const sameLine = (a: Line, b: Line): boolean => a.add === b.add && a.on === b.on

/** "route replace X" and "route del X". */
export function added(what: 'addr' | 'route' | 'neigh', rest: string): Line {
  return { add: `${what} replace ${rest}`, del: `${what} del ${rest}` }
}
