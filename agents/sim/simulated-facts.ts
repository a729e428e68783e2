/** What a simulated host says of itself. Everything a person could read says that it is simulated. */
import type { AgentResult } from '../../lib/contract/agent-protocol.ts'
import { BEANCOUNTER_NAMES } from '../../lib/contract/beancounters.ts'
import { CAPABILITY_NAMES, type CapabilityReport } from '../../lib/contract/capabilities.ts'
import { HOST_TOOL_NAMES, type HostFacts } from '../../lib/contract/host-facts.ts'
import { GIB } from '../../lib/contract/units.ts'
import { hostSentinel } from './sentinels.ts'

export const SIMULATED_AGENT_VERSION = 'simulated'
const CANNOT = ['dirty-tracking', 'apparmor']

export function simulatedFacts(name: string, bootId: string, vzFreeBytes: number): AgentResult<'host-facts'> {
  const facts: HostFacts = {
    hostname: name.toLowerCase().replaceAll(/[^a-z0-9-]/g, '-'),
    machineId: 'simulated',
    bootId,
    machine: 'x86_64',
    arch: 'x86-64',
    kernel: '6.12.0-simulated',
    pageBytes: 4096,
    distribution: { id: 'simulated', version: '0', name: 'Simulated host' },
    cpus: 16,
    cpuList: '0-15',
    numaNodes: '0-1',
    cpuModel: 'Simulated CPU',
    memoryBytes: 64 * GIB,
    swapBytes: 0,
    cgroupVersion: 2,
    beancounters: Object.fromEntries(
      BEANCOUNTER_NAMES.map((parameter) => [parameter, { status: 'enforced', note: 'simulated' }]),
    ) as HostFacts['beancounters'],
    vz: { fileSystem: 'simulated', totalBytes: VZ_BYTES, freeBytes: vzFreeBytes },
    bridges: ['br0'],
    networkDevices: [{ name: 'eth1', mac: '02:00:00:00:00:01', usedFor: null }],
    devices: [
      { path: '/dev/vdb1', type: 'block', sizeBytes: 10 * GIB, usedFor: null },
      { path: '/dev/vda1', type: 'block', sizeBytes: 100 * GIB, usedFor: 'mounted on /' },
      { path: '/dev/ttyS1', type: 'char', sizeBytes: null, usedFor: null },
    ],
    tools: Object.fromEntries(HOST_TOOL_NAMES.map((tool) => [tool, 'simulated'])) as HostFacts['tools'],
  }
  const cannot = hostSentinel(name) === 'no-checkpoint' ? [...CANNOT, 'checkpoint'] : CANNOT
  const capabilities = Object.fromEntries(
    CAPABILITY_NAMES.map((capability) => {
      const available = !cannot.includes(capability)
      return [capability, { available, reason: available ? null : 'This host is simulated.' }]
    }),
  ) as CapabilityReport
  return { agentVersion: SIMULATED_AGENT_VERSION, facts, capabilities }
}

export const VZ_BYTES = 500 * GIB
