/** The graphs of a VE's use: what each shows, in which unit. Browser-safe. */
import { formatBytes, formatCount } from '@/lib/contract/units.ts'
import type { VeLimits } from '@/lib/contract/ve-limits.ts'
import type { UsagePoint } from '@/lib/usage/series.ts'

export type FigureName = Exclude<keyof UsagePoint, 'at'>
export type FigureUnit = 'percent' | 'bytes' | 'items' | 'bits'

const RATES = ['bit/s', 'kbit/s', 'Mbit/s', 'Gbit/s'] as const

function formatBits(bits: number): string {
  let power = 0
  while (power < RATES.length - 1 && bits >= 1000 ** (power + 1)) power += 1
  const value = bits / 1000 ** power
  return `${value >= 100 || Number.isInteger(value) ? Math.round(value) : value.toFixed(1)} ${RATES[power]}`
}

const FORMAT: Record<FigureUnit, (value: number) => string> = {
  percent: (value) => `${value >= 10 || Number.isInteger(value) ? Math.round(value) : value.toFixed(1)} %`,
  bytes: (value) => formatBytes(Math.round(value)),
  items: (value) => formatCount(Math.round(value)),
  bits: formatBits,
}

export const formatFigure = (unit: FigureUnit, value: number | null): string =>
  value === null ? 'not known' : FORMAT[unit](value)

export type GraphLine = { name: FigureName; label: string }
export type Graph = {
  title: string
  unit: FigureUnit
  lines: readonly GraphLine[]
  /** The limit of its first line; null where there is none. */
  limit: (limits: VeLimits) => number | null
}

export const GRAPHS: readonly Graph[] = [
  {
    title: 'CPU, percent of one',
    unit: 'percent',
    lines: [{ name: 'cpuPercent', label: 'CPU' }],
    limit: ({ cpuLimitPercent }) => cpuLimitPercent,
  },
  {
    title: 'Memory',
    unit: 'bytes',
    lines: [
      { name: 'memoryBytes', label: 'Memory' },
      { name: 'swapBytes', label: 'Swap' },
    ],
    limit: ({ memoryBytes }) => memoryBytes,
  },
  {
    title: 'Network',
    unit: 'bits',
    lines: [
      { name: 'inBits', label: 'In' },
      { name: 'outBits', label: 'Out' },
    ],
    limit: () => null,
  },
  {
    title: 'Processes',
    unit: 'items',
    lines: [{ name: 'processes', label: 'Processes' }],
    limit: ({ processes }) => processes,
  },
  {
    title: 'Disk',
    unit: 'bytes',
    lines: [{ name: 'diskBytes', label: 'Disk' }],
    limit: ({ diskBytes }) => diskBytes,
  },
  {
    title: 'Files and directories',
    unit: 'items',
    lines: [{ name: 'inodes', label: 'Inodes' }],
    limit: ({ diskInodes }) => diskInodes,
  },
]
