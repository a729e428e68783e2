/**
 * How full hosts are, after OpenVZ's vzmemcheck and vzcalc: `utilisation` is what VEs hold, `commitment` what they were promised, each
 * as a part of what there is (1 is all of it; a commitment above 1 is overselling). Browser-safe and pure.
 *
 * Unlike there, kernel memory is part of physpages and oomguarpages here, as control groups count it: it is not added to them. And where a
 * VE's kernel memory has no limit of its own, its memory limit bounds that.
 */
import * as z from 'zod/mini'
import type { ObservedVe } from '../contract/agent-protocol.ts'
import type { Arch } from '../contract/arch.ts'
import type { BeancounterName } from '../contract/beancounters.ts'

export const loadFigure = z.object({ utilisation: z.number(), commitment: z.number() })
export type LoadFigure = z.infer<typeof loadFigure>

/** Null where the host has not said what it has. `lowMemory` is there on 32-bit x86 alone, and for no fleet. */
export const hostLoadResource = z.object({
  lowMemory: z.optional(loadFigure),
  ram: z.nullable(loadFigure),
  memoryAndSwap: z.nullable(loadFigure),
  allocated: z.nullable(loadFigure),
  oversold: z.boolean(),
})
export type HostLoad = z.infer<typeof hostLoadResource>

/** Bytes that the VEs of a host hold. */
export type Held = { kernel: number; memory: number; memoryAndSwap: number; allocated: number }
/** Bytes that they were promised: lib/ves/limits/commitment.ts. */
export type Committed = { kernel: number; memory: number; memoryAndSwap: number; allocated: number }
export type Capacity = { arch: Arch | null; memoryBytes: number | null; swapBytes: number }

export const NOTHING_HELD: Held = { kernel: 0, memory: 0, memoryAndSwap: 0, allocated: 0 }
const FIGURES = ['kernel', 'memory', 'memoryAndSwap', 'allocated'] as const

const KERNEL: readonly BeancounterName[] = [
  'kmemsize',
  'tcpsndbuf',
  'tcprcvbuf',
  'othersockbuf',
  'dgramrcvbuf',
]

/** What those of one sample hold. */
export function heldBy(ves: readonly ObservedVe[]): Held {
  return ves.map(heldByOne).reduce(plus, NOTHING_HELD)
}

function heldByOne({ beancounters, memoryBytes }: ObservedVe): Held {
  if (!beancounters) return { ...NOTHING_HELD, memory: memoryBytes ?? 0, memoryAndSwap: memoryBytes ?? 0 }
  const kernel = KERNEL.reduce((sum, name) => sum + beancounters[name].held, 0)
  return {
    kernel,
    memory: beancounters.physpages.held,
    memoryAndSwap: beancounters.oomguarpages.held,
    allocated: beancounters.privvmpages.held + kernel,
  }
}

export const mapFigures = (bytes: (name: keyof Held) => number): Held =>
  Object.fromEntries(FIGURES.map((name) => [name, bytes(name)])) as Held

const plus = (a: Held, b: Held): Held => mapFigures((name) => a[name] + b[name])

/** As vzmemcheck takes it: what of its RAM a 32-bit kernel reaches for itself. */
const LOW_MEMORY = 0.4

export function loadOf(
  { arch, memoryBytes, swapBytes }: Capacity,
  held: Held,
  committed: Committed,
): HostLoad {
  if (!memoryBytes) return { ram: null, memoryAndSwap: null, allocated: null, oversold: false }
  const figure = (name: keyof Held, all: number): LoadFigure => ({
    utilisation: held[name] / all,
    commitment: committed[name] / all,
  })
  const both = memoryBytes + swapBytes
  const figures = {
    ram: figure('memory', memoryBytes),
    memoryAndSwap: figure('memoryAndSwap', both),
    allocated: figure('allocated', both),
    ...(arch === 'x86' ? { lowMemory: figure('kernel', LOW_MEMORY * memoryBytes) } : {}),
  }
  const oversold = Object.values(figures).some(({ commitment }) => commitment > 1)
  return { ...figures, oversold }
}
