/** Sizes to begin a plan with. They ask for nothing that a host may lack, and pass the consistency formulas. Browser-safe. */
import { GIB, MIB } from '../contract/units.ts'
import { DEFAULT_LIMITS, type VeLimits, withLimits } from '../contract/ve-limits.ts'

const one = (value: number) => ({ barrier: value, limit: value })

/** All grows with memory: processes, files and sockets take the kernel's part of it. */
function sized(memoryBytes: number, diskBytes: number, cpuUnits: number): VeLimits {
  const processes = memoryBytes / (2 * MIB)
  return withLimits(DEFAULT_LIMITS, {
    memoryBytes,
    diskBytes,
    cpuUnits,
    processes,
    beancounters: {
      numfile: one(32 * processes),
      numflock: { barrier: 2 * processes, limit: 2 * processes + 100 },
      numtcpsock: one(8 * processes),
      numothersock: one(8 * processes),
      numiptent: one(512),
    },
  })
}

export const STARTERS: readonly { name: string; description: string; limits: VeLimits }[] = [
  {
    name: 'Small',
    description: '512 MiB of memory, 10 GiB of disk',
    limits: sized(512 * MIB, 10 * GIB, 500),
  },
  { name: 'Medium', description: '2 GiB of memory, 40 GiB of disk', limits: sized(2 * GIB, 40 * GIB, 1000) },
  { name: 'Large', description: '8 GiB of memory, 160 GiB of disk', limits: sized(8 * GIB, 160 * GIB, 4000) },
]
