import { BEANCOUNTERS, type BeancounterName } from '@/lib/contract/beancounters.ts'
import { formatBytes } from '@/lib/contract/units.ts'

export const formatCount = (value: number) => new Intl.NumberFormat('en').format(value)

/** An amount of a parameter in its unit: "12.5 MiB", "1,024"; null is "unlimited". */
export function formatAmount(name: BeancounterName, value: number | null): string {
  if (value === null) return 'unlimited'
  return BEANCOUNTERS[name].unit === 'items' ? formatCount(value) : formatBytes(value)
}
