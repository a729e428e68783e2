import type { Capability } from '../../../lib/contract/capabilities.ts'
import type { Probe } from './probe.ts'

const notYet: Probe = () => 'This agent does not know how yet.'

export const RESOURCE_PROBES = {
  'storage-project': notYet,
  'storage-btrfs': notYet,
  'swap-limit': notYet,
  'memory-throttle': notYet,
  'memory-guarantee': notYet,
  'cpu-sets': notYet,
  'io-limits': notYet,
  'io-priority': notYet,
  'disk-inodes': notYet,
  'disk-soft-limits': notYet,
  'quota-owners': notYet,
} as const satisfies Partial<Record<Capability, Probe>>
