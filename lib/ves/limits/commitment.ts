/** What a set of limits promises: kept in columns beside it, since hosts and the fleet sum them. Pure; bytes. */
import { beancountersOf, type VeLimits } from '../../contract/ve-limits.ts'

/** Memory that nobody else gets: the two guarantees are of the same memory. Unlimited is all that it may use. */
export function guaranteedBytes(limits: VeLimits): number {
  const { vmguarpages, oomguarpages } = limits.beancounters
  const barriers = [vmguarpages, oomguarpages].map(({ barrier }) => barrier ?? limits.memoryBytes)
  return Math.min(limits.memoryBytes, Math.max(...barriers))
}

const KERNEL = ['kmemsize', 'tcpsndbuf', 'tcprcvbuf', 'othersockbuf', 'dgramrcvbuf'] as const

/** Kernel memory that it may take at most: its memory limit bounds that too, and alone where one of the five has no limit. */
function kernelBytes(limits: VeLimits): number {
  const set = beancountersOf(limits)
  const each = KERNEL.map((name) => set[name].limit ?? limits.memoryBytes)
  return Math.min(
    limits.memoryBytes,
    each.reduce((sum, bytes) => sum + bytes, 0),
  )
}

/**
 * In memory and swap: the guarantee against being killed, and kernel memory. In what may be allocated: the guarantee of allocations,
 * and kernel memory. Neither is more than memory and swap.
 */
export function commitmentColumns(limits: VeLimits) {
  const all = limits.memoryBytes + limits.swapBytes
  const kernel = kernelBytes(limits)
  const { vmguarpages, oomguarpages } = limits.beancounters
  const within = (guarantee: number | null) => BigInt(Math.min(all, (guarantee ?? all) + kernel))
  return {
    guaranteedBytes: BigInt(guaranteedBytes(limits)),
    committedKernelBytes: BigInt(kernel),
    committedUseBytes: within(oomguarpages.barrier),
    committedAllocatedBytes: within(vmguarpages.barrier),
  }
}
