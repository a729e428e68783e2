/** Every limit of a VE, one by one, in the order in which they are shown. Browser-safe. */
import { BEANCOUNTER_NAMES, BEANCOUNTERS, type BeancounterName } from '../contract/beancounters.ts'
import type { Capability } from '../contract/capabilities.ts'
import { OTHER_BEANCOUNTERS, type OtherBeancounter, type VeLimits } from '../contract/ve-limits.ts'

type Plain = Exclude<keyof VeLimits, 'beancounters'>
/** Path of a limit in VeLimits: "memoryBytes", "beancounters.numfile". */
export type LimitField = Plain | `beancounters.${OtherBeancounter}`

type LimitUnit = 'bytes' | 'items' | 'percent' | 'seconds' | 'weight' | 'list' | 'rate'

type FieldRecord = {
  label: string
  unit: LimitUnit
  /** What a host must be able to do to hold it; null where any host that runs VEs can. */
  capability: Capability | null
  /** The beancounter that it is a part of. */
  beancounter?: BeancounterName
}

const PLAIN: Record<Plain, FieldRecord> = {
  cpuUnits: { label: 'CPU weight', unit: 'weight', capability: 'cgroup-cpu' },
  cpuLimitPercent: { label: 'CPU cap', unit: 'percent', capability: 'cgroup-cpu' },
  cpus: { label: 'CPUs', unit: 'items', capability: 'cpu-sets' },
  cpuMask: { label: 'Host CPUs', unit: 'list', capability: 'cpu-sets' },
  nodeMask: { label: 'Memory nodes', unit: 'list', capability: 'cpu-sets' },
  memoryBytes: { label: 'Memory', unit: 'bytes', capability: 'cgroup-memory', beancounter: 'physpages' },
  memoryThrottleBytes: {
    label: 'Memory throttle',
    unit: 'bytes',
    capability: 'memory-throttle',
    beancounter: 'physpages',
  },
  swapBytes: { label: 'Swap', unit: 'bytes', capability: 'swap-limit', beancounter: 'swappages' },
  processes: { label: 'Processes', unit: 'items', capability: 'cgroup-pids', beancounter: 'numproc' },
  diskBytes: { label: 'Disk', unit: 'bytes', capability: null },
  diskSoftBytes: { label: 'Disk, soft', unit: 'bytes', capability: 'disk-soft-limits' },
  diskInodes: { label: 'Inodes', unit: 'items', capability: 'disk-inodes' },
  diskSoftInodes: { label: 'Inodes, soft', unit: 'items', capability: 'disk-soft-limits' },
  diskGraceSeconds: { label: 'Disk grace', unit: 'seconds', capability: 'disk-soft-limits' },
  quotaOwners: { label: 'Users and groups with quota', unit: 'items', capability: 'quota-owners' },
  ioPriority: { label: 'I/O priority', unit: 'weight', capability: 'io-priority' },
  ioBytesPerSecond: { label: 'I/O bandwidth', unit: 'rate', capability: 'io-limits' },
  ioPerSecond: { label: 'I/O operations a second', unit: 'items', capability: 'io-limits' },
}

const GUARANTEES: readonly BeancounterName[] = ['vmguarpages', 'oomguarpages']

const beancounterRecord = (name: OtherBeancounter): FieldRecord => ({
  label: BEANCOUNTERS[name].label,
  unit: BEANCOUNTERS[name].unit === 'items' ? 'items' : 'bytes',
  capability: GUARANTEES.includes(name) ? 'memory-guarantee' : null,
  beancounter: name,
})

const ordered = BEANCOUNTER_NAMES.flatMap((name) => OTHER_BEANCOUNTERS.filter((other) => other === name))

export const LIMIT_FIELD = {
  ...PLAIN,
  ...Object.fromEntries(ordered.map((name) => [`beancounters.${name}`, beancounterRecord(name)])),
} as Record<LimitField, FieldRecord>
export const LIMIT_FIELDS = Object.keys(LIMIT_FIELD) as LimitField[]

/** Where the limit of a beancounter stands; each has one. */
export const fieldOf = (name: BeancounterName): LimitField =>
  LIMIT_FIELDS.find((field) => LIMIT_FIELD[field].beancounter === name) as LimitField

/** Barrier and limit of a beancounter; any other limit is its own barrier. Null is unlimited. */
export type LimitValue = { barrier: number | null; limit: number | string | null }

/** Pure. */
export function limitValue(limits: VeLimits, field: LimitField): LimitValue {
  if (isBeancounter(field)) return limits.beancounters[beancounterOf(field)]
  const value = limits[field]
  return { barrier: typeof value === 'number' ? value : null, limit: value }
}

export const sameValue = (a: LimitValue, b: LimitValue): boolean =>
  a.limit === b.limit && a.barrier === b.barrier

const PREFIX = 'beancounters.'
const isBeancounter = (field: LimitField): field is `beancounters.${OtherBeancounter}` =>
  field.startsWith(PREFIX)
const beancounterOf = (field: `beancounters.${OtherBeancounter}`) =>
  field.slice(PREFIX.length) as OtherBeancounter
