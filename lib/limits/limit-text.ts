/** Limits in words, as tables and messages say them. Browser-safe. */
import { formatBytes, formatCount } from '../contract/units.ts'
import { LIMIT_FIELD, type LimitField, type LimitValue } from './limit-fields.ts'

/** "512 MiB", "unlimited", "0–8 MiB", "8 MiB, at most 64 MiB". */
export function limitText(field: LimitField, { barrier, limit }: LimitValue): string {
  const { beancounter } = LIMIT_FIELD[field]
  if (!field.startsWith('beancounters.') || !beancounter || barrier === limit) return amountText(field, limit)
  if (field === 'beancounters.vmguarpages' || field === 'beancounters.oomguarpages')
    return barrier === 0 ? 'none' : amountText(field, barrier)
  return `${amountText(field, barrier)}, at most ${amountText(field, limit)}`
}

function amountText(field: LimitField, value: number | string | null): string {
  if (value === null) return NONE[field] ?? 'unlimited'
  if (typeof value === 'string') return value
  if (value === 0 && NONE_AT_ZERO.includes(field)) return 'none'
  switch (LIMIT_FIELD[field].unit) {
    case 'bytes':
      return formatBytes(value)
    case 'rate':
      return `${formatBytes(value)}/s`
    case 'percent':
      return `${value} %`
    case 'seconds':
      return secondsText(value)
    default:
      return formatCount(value)
  }
}

const NONE_AT_ZERO: readonly LimitField[] = ['memoryThrottleBytes', 'swapBytes', 'quotaOwners']

/** Where nothing set is not "without end". */
const NONE: Partial<Record<LimitField, string>> = {
  cpuLimitPercent: 'no cap',
  cpus: 'all',
  cpuMask: 'all',
  nodeMask: 'all',
  diskSoftBytes: 'none',
  diskSoftInodes: 'none',
}

function secondsText(seconds: number): string {
  if (seconds === 0) return 'none'
  for (const [name, length] of SPANS)
    if (seconds % length === 0) return `${seconds / length} ${name}${seconds === length ? '' : 's'}`
  return `${seconds} seconds`
}
const SPANS = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const
