/**
 * How full hosts are: OpenVZ's vzmemcheck and vzcalc (features of mainline taken into account). `utilisation` is what VEs hold,
 * `commitment` what they were promised, each as a part of what the host has: 1 is all of it.
 */
import type { Viewer } from '../auth/viewer.ts'

export type LoadFigure = { utilisation: number; commitment: number | null }

/** Null where the host has not said what it has. `lowMemory` is there on 32-bit x86 alone. */
export type HostLoad = {
  lowMemory?: LoadFigure
  ram: LoadFigure | null
  memoryAndSwap: LoadFigure | null
  allocated: LoadFigure | null
  oversold: boolean
}

/** Throws `not-found`. */
export async function hostLoad(_viewer: Viewer, _hostId: string): Promise<HostLoad> {
  throw new Error('not yet')
}

/** Of all hosts that the viewer may see. */
export async function fleetLoad(_viewer: Viewer): Promise<HostLoad> {
  throw new Error('not yet')
}
