import type { Capability } from '../../../lib/contract/capabilities.ts'
import { ownerQuotaReason } from '../quota/probe.ts'
import {
  cpuSetsReason,
  guaranteeReason,
  ioLimitsReason,
  ioPriorityReason,
  swapLimitReason,
  throttleReason,
} from '../resources/limit-probes.ts'
import { STORAGE_PROBES } from '../storage/probes.ts'
import type { NotingProbe } from './probe.ts'

export const RESOURCE_PROBES = {
  ...STORAGE_PROBES,
  'swap-limit': swapLimitReason,
  'memory-throttle': throttleReason,
  'memory-guarantee': guaranteeReason,
  'cpu-sets': cpuSetsReason,
  'io-limits': ioLimitsReason,
  'io-priority': ioPriorityReason,
  'quota-owners': ownerQuotaReason,
} as const satisfies Partial<Record<Capability, NotingProbe>>
