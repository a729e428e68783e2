/** A VE's limits in its row: those that queries sum and sort by have columns, the others are JSON. */
import { DEFAULT_LIMITS, type VeLimits } from '../../contract/ve-limits.ts'
import type { Ve } from '../../db/generated/client.ts'
import { commitmentColumns } from './commitment.ts'

type Columns = Pick<
  Ve,
  'diskBytes' | 'memoryBytes' | 'swapBytes' | 'processes' | 'cpuUnits' | 'cpuLimitPercent' | 'moreLimits'
>

/** Pure. Of a row that is older than a limit, its default. */
export function limitsOfRow(row: Columns): VeLimits {
  const { beancounters, ...more } = row.moreLimits as Partial<VeLimits>
  return {
    ...DEFAULT_LIMITS,
    ...more,
    beancounters: { ...DEFAULT_LIMITS.beancounters, ...beancounters },
    diskBytes: Number(row.diskBytes),
    memoryBytes: Number(row.memoryBytes),
    swapBytes: Number(row.swapBytes),
    processes: row.processes,
    cpuUnits: row.cpuUnits,
    cpuLimitPercent: row.cpuLimitPercent,
  }
}

/** Pure. */
export function limitColumns(limits: VeLimits) {
  const { diskBytes, memoryBytes, swapBytes, processes, cpuUnits, cpuLimitPercent, ...moreLimits } = limits
  return {
    diskBytes: BigInt(diskBytes),
    memoryBytes: BigInt(memoryBytes),
    swapBytes: BigInt(swapBytes),
    processes,
    cpuUnits,
    cpuLimitPercent,
    moreLimits,
    ...commitmentColumns(limits),
  }
}
