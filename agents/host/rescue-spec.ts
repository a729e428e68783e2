import { SYSTEM_NAMESPACES } from '../../lib/contract/ve-application.ts'
import { NO_FEATURES } from '../../lib/contract/ve-features.ts'
import type { VeSpec } from '../../lib/contract/ve-spec.ts'

/** A VE's rescue system: a system container with its limits and interfaces, and nothing else of it. */
export function rescueSpec(spec: VeSpec): VeSpec {
  return {
    ...spec,
    hostname: `rescue-${spec.name}`,
    kind: 'system',
    namespaces: [...SYSTEM_NAMESPACES],
    application: null,
    features: NO_FEATURES,
    devices: [],
    networkDevices: [],
  }
}
