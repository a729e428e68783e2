/** The limits of a VE as fields of a form: how each is typed, and which stand together. */
import { BEANCOUNTERS } from '@/lib/contract/beancounters.ts'
import type { OtherBeancounter, VeLimits } from '@/lib/contract/ve-limits.ts'

export type PlainLimit = Exclude<keyof VeLimits, 'beancounters'>
export type LimitUnit = 'bytes' | 'items' | 'seconds' | 'list'

type LimitInput = {
  unit: LimitUnit
  /** What an empty field means, in a word, and as a value; null where it may not be empty. */
  empty: { word: string; value: null | 0 } | null
  hint: string | null
}

const unlimited = { word: 'unlimited', value: null } as const
const none = { word: 'none', value: null } as const
const all = { word: 'all', value: null } as const

export const LIMIT_INPUT: Record<PlainLimit, LimitInput> = {
  memoryBytes: {
    unit: 'bytes',
    empty: null,
    hint: 'Such as 512M or 4 GiB. At the limit something is killed.',
  },
  memoryThrottleBytes: {
    unit: 'bytes',
    empty: { word: 'nowhere', value: 0 },
    hint: 'Above it the VE is slowed down. The barrier of physpages.',
  },
  swapBytes: {
    unit: 'bytes',
    empty: null,
    hint: 'On top of memory; 0 for none.',
  },
  processes: {
    unit: 'items',
    empty: null,
    hint: 'Threads count too.',
  },
  cpuUnits: {
    unit: 'items',
    empty: null,
    hint: '8 to 500000; 1000 is ordinary. Counts when CPUs are short.',
  },
  cpuLimitPercent: {
    unit: 'items',
    empty: none,
    hint: 'Percent of one CPU: 200 is two. Holds also when CPUs are idle.',
  },
  cpus: {
    unit: 'items',
    empty: all,
    hint: 'So many it sees and runs on at once.',
  },
  cpuMask: {
    unit: 'list',
    empty: all,
    hint: 'Those of the host that it may use, such as 0-3,8.',
  },
  nodeMask: {
    unit: 'list',
    empty: all,
    hint: 'NUMA nodes of the host that it may use, such as 0-1.',
  },
  diskBytes: {
    unit: 'bytes',
    empty: null,
    hint: 'The hard limit: nothing is written beyond it.',
  },
  diskSoftBytes: {
    unit: 'bytes',
    empty: none,
    hint: 'May be exceeded for the grace time.',
  },
  diskInodes: {
    unit: 'items',
    empty: unlimited,
    hint: 'Files and directories.',
  },
  diskSoftInodes: {
    unit: 'items',
    empty: none,
    hint: null,
  },
  diskGraceSeconds: {
    unit: 'seconds',
    empty: null,
    hint: 'How long a soft limit may be exceeded, such as 3 d or 12 h.',
  },
  quotaOwners: {
    unit: 'items',
    empty: { word: 'none', value: 0 },
    hint: 'How many are counted inside; empty for none.',
  },
  ioPriority: {
    unit: 'items',
    empty: null,
    hint: '0 is served first, 7 last; 4 is ordinary.',
  },
  ioBytesPerSecond: {
    unit: 'bytes',
    empty: unlimited,
    hint: 'A second and direction, such as 50 MiB.',
  },
  ioPerSecond: {
    unit: 'items',
    empty: unlimited,
    hint: 'Each direction.',
  },
}

export type LimitGroup = {
  title: string
  note: string | null
  plain: readonly PlainLimit[]
  pairs: readonly OtherBeancounter[]
}

export const LIMIT_GROUPS: readonly LimitGroup[] = [
  {
    title: 'Memory and processes',
    note: null,
    plain: ['memoryBytes', 'swapBytes', 'memoryThrottleBytes', 'processes'],
    pairs: [],
  },
  {
    title: 'CPU',
    note: null,
    plain: ['cpuUnits', 'cpuLimitPercent', 'cpus', 'cpuMask', 'nodeMask'],
    pairs: [],
  },
  {
    title: 'Disk',
    note: null,
    plain: ['diskBytes', 'diskSoftBytes', 'diskInodes', 'diskSoftInodes', 'diskGraceSeconds', 'quotaOwners'],
    pairs: [],
  },
  {
    title: 'Disk traffic',
    note: null,
    plain: ['ioBytesPerSecond', 'ioPerSecond', 'ioPriority'],
    pairs: [],
  },
  {
    title: 'Beancounters of memory',
    note: 'Ordinary requests fail above the barrier, all of them above the limit. Empty is unlimited.',
    plain: [],
    pairs: [
      'vmguarpages',
      'oomguarpages',
      'privvmpages',
      'shmpages',
      'lockedpages',
      'kmemsize',
      'dcachesize',
    ],
  },
  {
    title: 'Beancounters of files and terminals',
    note: null,
    plain: [],
    pairs: ['numfile', 'numflock', 'numpty', 'numsiginfo'],
  },
  {
    title: 'Beancounters of the network',
    note: null,
    plain: [],
    pairs: [
      'numtcpsock',
      'numothersock',
      'tcpsndbuf',
      'tcprcvbuf',
      'othersockbuf',
      'dgramrcvbuf',
      'numiptent',
    ],
  },
]

/** In bytes or in items: pages are a host's own. */
export const pairUnit = (name: OtherBeancounter): LimitUnit =>
  BEANCOUNTERS[name].unit === 'items' ? 'items' : 'bytes'
