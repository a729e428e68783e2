import type { Capability } from '../../../lib/contract/capabilities.ts'
import { ownerQuotaReason } from '../quota/probe.ts'
import { STORAGE_PROBES } from '../storage/probes.ts'
import type { Probe } from './probe.ts'

const notYet: Probe = () => 'This agent does not know how yet.'

export const RESOURCE_PROBES = {
  ...STORAGE_PROBES,
  'swap-limit': notYet,
  'memory-throttle': notYet,
  'memory-guarantee': notYet,
  'cpu-sets': notYet,
  'io-limits': notYet,
  'io-priority': notYet,
  'quota-owners': ownerQuotaReason,
} as const satisfies Partial<Record<Capability, Probe>>
