import type { VeSpec } from '../../../lib/contract/ve-spec.ts'
import { convergeEquipment } from '../equipment.ts'
import { convergeNetwork } from '../network/converge.ts'
import { convergeOwnerQuota } from '../quota/converge.ts'
import type { Revert } from '../revert.ts'
import type { Sys } from '../sys/sys.ts'

/**
 * Brings one part of a running VE from one spec to another; pushes how to take it back before it begins. An agent may have
 * been killed in the middle of it before, so what it finds may be of either.
 */
export type Converge = (sys: Sys, from: VeSpec, to: VeSpec, initPid: number, revert: Revert) => void

/** In this order; taken back in the reverse one. */
export const CONVERGERS: readonly { name: string; label: string; converge: Converge }[] = [
  { name: 'network', label: 'Connect the network', converge: convergeNetwork },
  { name: 'quota', label: 'Hold users and groups to their limits', converge: convergeOwnerQuota },
  { name: 'equipment', label: 'Hand in devices and mounts', converge: convergeEquipment },
]
