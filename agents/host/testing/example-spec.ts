import { SYSTEM_NAMESPACES } from '../../../lib/contract/ve-application.ts'
import { NO_FEATURES } from '../../../lib/contract/ve-features.ts'
import { NO_FIREWALL } from '../../../lib/contract/ve-firewall.ts'
import { UNLIMITED_RATE } from '../../../lib/contract/ve-interface.ts'
import { DEFAULT_LIMITS } from '../../../lib/contract/ve-limits.ts'
import type { VeSpec } from '../../../lib/contract/ve-spec.ts'

export const EXAMPLE_SPEC: VeSpec = {
  veid: 101,
  uuid: '0b7e7f4e-6c1b-4a53-9d0b-0d6f4b1f0a01',
  epoch: 1,
  name: 'web1',
  hostname: 'web1.example.org',
  arch: 'x86-64',
  idBase: 1_048_576,
  storage: 'image',
  limits: DEFAULT_LIMITS,
  kind: 'system',
  namespaces: [...SYSTEM_NAMESPACES],
  application: null,
  features: NO_FEATURES,
  devices: [],
  networkDevices: [],
  interfaces: [
    {
      kind: 'routed',
      index: 0,
      ifname: 'eth0',
      addresses: ['192.0.2.10', '2001:db8::10'],
      prefixes: [],
      rate: UNLIMITED_RATE,
    },
  ],
  firewall: NO_FIREWALL,
  dns: { servers: ['192.0.2.1'], search: ['example.org'] },
}
