/** All of them. */
import type { Attack } from './attack.ts'
import { FILE_ATTACKS } from './attacks-files.ts'
import { KERNEL_ATTACKS } from './attacks-kernel.ts'
import { MEMORY_ATTACKS } from './attacks-memory.ts'
import { NETWORK_ATTACKS } from './attacks-network.ts'

export const ATTACKS = [
  ...MEMORY_ATTACKS,
  ...FILE_ATTACKS,
  ...KERNEL_ATTACKS,
  ...NETWORK_ATTACKS,
] as const satisfies readonly Attack[]
export type AttackName = (typeof ATTACKS)[number]['name']
