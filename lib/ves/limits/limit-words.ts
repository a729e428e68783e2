/** Limits in words, for people. Browser-safe and pure. */
import { BEANCOUNTERS, type BeancounterName, type BeancounterPair } from '../../contract/beancounters.ts'
import { formatBytes } from '../../contract/units.ts'
import type { OtherBeancounter, VeLimits } from '../../contract/ve-limits.ts'
import { changedLimits } from '../limits-next-start.ts'

type Flat = Exclude<keyof VeLimits, 'beancounters'>

const bytes = (value: string | number | null) => formatBytes(value as number | null)
const items = (value: string | number | null) =>
  value === null ? 'unlimited' : (value as number).toLocaleString('en')
const text =
  (otherwise: string, unit = '') =>
  (value: string | number | null) =>
    value === null ? otherwise : `${value}${unit}`

const FLAT: Record<Flat, { label: string; words: (value: string | number | null) => string }> = {
  diskBytes: { label: 'Disk', words: bytes },
  diskSoftBytes: { label: 'Disk, soft', words: bytes },
  diskInodes: { label: 'Files', words: items },
  diskSoftInodes: { label: 'Files, soft', words: items },
  diskGraceSeconds: { label: 'Grace', words: text('none', ' s') },
  quotaOwners: { label: 'Owners with quota', words: items },
  memoryBytes: { label: 'Memory', words: bytes },
  memoryThrottleBytes: {
    label: 'Slowed down above',
    words: (value) => (value === 0 ? 'never' : bytes(value)),
  },
  swapBytes: { label: 'Swap', words: bytes },
  processes: { label: 'Processes', words: items },
  cpuUnits: { label: 'CPU units', words: items },
  cpuLimitPercent: { label: 'CPU limit', words: text('none', ' %') },
  cpus: { label: 'CPUs', words: text('all') },
  cpuMask: { label: 'On the CPUs', words: text('all') },
  nodeMask: { label: 'On the memory nodes', words: text('all') },
  ioPriority: { label: 'I/O priority', words: items },
  ioBytesPerSecond: {
    label: 'I/O bandwidth',
    words: (value) => (value === null ? 'unlimited' : `${bytes(value)}/s`),
  },
  ioPerSecond: {
    label: 'I/O operations',
    words: (value) => (value === null ? 'unlimited' : `${items(value)}/s`),
  },
}

/** A number of a beancounter: "1.5 GiB", "1,024", "unlimited". */
export function amountWords(name: BeancounterName, value: number | null): string {
  return BEANCOUNTERS[name].unit === 'items' ? items(value) : formatBytes(value)
}

/** "64 MiB : 128 MiB", or one number where the two are the same. */
export function pairWords(name: BeancounterName, { barrier, limit }: BeancounterPair): string {
  const [low, high] = [amountWords(name, barrier), amountWords(name, limit)]
  return low === high ? low : `${low} : ${high}`
}

/** What differs, a sentence each: "Memory: 512 MiB → 1 GiB". */
export function limitChanges(before: VeLimits, after: VeLimits): string[] {
  return changedLimits(before, after).map((field) => {
    if (!field.startsWith('beancounters.')) {
      const { label, words } = FLAT[field as Flat]
      return `${label}: ${words(before[field as Flat])} → ${words(after[field as Flat])}`
    }
    const name = field.slice('beancounters.'.length) as OtherBeancounter
    const words = (limits: VeLimits) => pairWords(name, limits.beancounters[name])
    return `${BEANCOUNTERS[name].label}: ${words(before)} → ${words(after)}`
  })
}
