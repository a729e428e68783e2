/** The limits of a VE as fields of a form: what each is called, how it is typed, and which stand together. */
import { BEANCOUNTERS } from '@/lib/contract/beancounters.ts'
import type { Capability } from '@/lib/contract/capabilities.ts'
import type { OtherBeancounter, VeLimits } from '@/lib/contract/ve-limits.ts'

export type PlainLimit = Exclude<keyof VeLimits, 'beancounters'>
export type LimitUnit = 'bytes' | 'items' | 'seconds' | 'list'

type LimitField = {
  label: string
  unit: LimitUnit
  /** What an empty field means, in a word, and as a value; null where it may not be empty. */
  empty: { word: string; value: null | 0 } | null
  hint: string | null
  /** What its host has to be able to do. */
  needs: Capability | null
}

const unlimited = { word: 'unlimited', value: null } as const
const none = { word: 'none', value: null } as const
const all = { word: 'all', value: null } as const

export const LIMIT_FIELD: Record<PlainLimit, LimitField> = {
  memoryBytes: {
    label: 'Memory',
    unit: 'bytes',
    empty: null,
    hint: 'Such as 512M or 4 GiB. At the limit something is killed.',
    needs: 'cgroup-memory',
  },
  memoryThrottleBytes: {
    label: 'Memory it is slowed down above',
    unit: 'bytes',
    empty: { word: 'nowhere', value: 0 },
    hint: 'The barrier of physpages.',
    needs: 'memory-throttle',
  },
  swapBytes: {
    label: 'Swap',
    unit: 'bytes',
    empty: null,
    hint: 'On top of memory; 0 for none.',
    needs: 'swap-limit',
  },
  processes: {
    label: 'Processes',
    unit: 'items',
    empty: null,
    hint: 'Threads count too.',
    needs: 'cgroup-pids',
  },
  cpuUnits: {
    label: 'CPU weight',
    unit: 'items',
    empty: null,
    hint: '8 to 500000; 1000 is ordinary. Counts when CPUs are short.',
    needs: 'cgroup-cpu',
  },
  cpuLimitPercent: {
    label: 'CPU cap, percent of one CPU',
    unit: 'items',
    empty: none,
    hint: '200 is two CPUs. Holds also when CPUs are idle.',
    needs: 'cgroup-cpu',
  },
  cpus: {
    label: 'CPUs it has',
    unit: 'items',
    empty: all,
    hint: 'As many as it sees and runs on at once.',
    needs: 'cpu-sets',
  },
  cpuMask: {
    label: 'CPUs of the host it may use',
    unit: 'list',
    empty: all,
    hint: 'Numbers such as 0-3,8.',
    needs: 'cpu-sets',
  },
  nodeMask: {
    label: 'Memory nodes it may use',
    unit: 'list',
    empty: all,
    hint: 'NUMA nodes, such as 0 or 0-1.',
    needs: 'cpu-sets',
  },
  diskBytes: {
    label: 'Disk',
    unit: 'bytes',
    empty: null,
    hint: 'The hard limit: nothing is written beyond it.',
    needs: null,
  },
  diskSoftBytes: {
    label: 'Disk, soft limit',
    unit: 'bytes',
    empty: none,
    hint: 'May be exceeded for the grace time.',
    needs: 'disk-soft-limits',
  },
  diskInodes: {
    label: 'Inodes',
    unit: 'items',
    empty: unlimited,
    hint: 'Files and directories.',
    needs: 'disk-inodes',
  },
  diskSoftInodes: {
    label: 'Inodes, soft limit',
    unit: 'items',
    empty: none,
    hint: null,
    needs: 'disk-soft-limits',
  },
  diskGraceSeconds: {
    label: 'Grace time',
    unit: 'seconds',
    empty: null,
    hint: 'Such as 3 d or 12 h.',
    needs: 'disk-soft-limits',
  },
  quotaOwners: {
    label: 'Users and groups counted inside',
    unit: 'items',
    empty: { word: 'none', value: 0 },
    hint: 'How many may own files; 0 or empty counts nobody.',
    needs: 'quota-owners',
  },
  ioPriority: {
    label: 'I/O priority',
    unit: 'items',
    empty: null,
    hint: '0 is served first, 7 last; 4 is ordinary.',
    needs: 'io-priority',
  },
  ioBytesPerSecond: {
    label: 'Disk bandwidth, each direction',
    unit: 'bytes',
    empty: unlimited,
    hint: 'A second, such as 50 MiB.',
    needs: 'io-limits',
  },
  ioPerSecond: {
    label: 'Disk operations a second',
    unit: 'items',
    empty: unlimited,
    hint: 'Each direction.',
    needs: 'io-limits',
  },
}

/** A barrier above 0 of these is a promise that the host has to be able to keep. */
export const PAIR_NEEDS: Partial<Record<OtherBeancounter, Capability>> = {
  vmguarpages: 'memory-guarantee',
  oomguarpages: 'memory-guarantee',
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
