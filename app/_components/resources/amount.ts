import { BEANCOUNTERS, type BeancounterName } from '@/lib/contract/beancounters.ts'
import { formatBytes, formatCount } from '@/lib/contract/units.ts'

/** An amount of a parameter in its unit: "12.5 MiB", "1,024"; null is "unlimited". */
export function formatAmount(name: BeancounterName, value: number | null): string {
  if (value === null) return 'unlimited'
  return BEANCOUNTERS[name].unit === 'items' ? formatCount(value) : formatBytes(value)
}
