/** Whether a host can give an interface: what it reported, never a question to it. */
import type { Capability, CapabilityReport } from '../../contract/capabilities.ts'
import type { HostFacts } from '../../contract/host-facts.ts'
import { Problem } from '../../contract/problem.ts'
import type { InterfaceKind, RateLimits } from '../../contract/ve-interface.ts'

/** `capabilities` and `facts`: the columns of the host. */
export type NetworkHost = { name: string; capabilities: unknown; facts: unknown }
export type WantedInterface = {
  kind: InterfaceKind
  bridge: string | null
  vlan: number | null
  rate: RateLimits
}

/** Throws `capability-missing` at the field, below `prefix`, with the host's own reason. */
export function refuseUnsupported(host: NetworkHost, wanted: WantedInterface, prefix: string): void {
  requireCapability(host, `net-${wanted.kind}`, `${prefix}kind`)
  if (wanted.vlan !== null) requireCapability(host, 'net-vlan', `${prefix}kind`)
  if (wanted.rate.inBits !== null || wanted.rate.outBits !== null)
    requireCapability(host, 'net-rate', `${prefix}rate`)
  if (wanted.bridge === null) return
  const bridges = (host.facts as HostFacts | null)?.bridges ?? []
  if (bridges.includes(wanted.bridge)) return
  const has = bridges.length > 0 ? `it has ${bridges.join(', ')}` : 'it has none'
  throw missing(`${host.name} has no bridge ${wanted.bridge}: ${has}.`, `${prefix}kind`)
}

/** What it is for, as the end of "node1 …". */
const CANNOT = {
  'net-routed': 'cannot route addresses to VEs',
  'net-bridged': 'cannot put VEs on bridges',
  'net-vlan': 'has no VLANs on bridges',
  'net-rate': 'cannot limit rates',
  'net-firewall': 'has no firewall for VEs',
  'net-firewall-bridged': 'has no firewall for bridged interfaces',
} as const satisfies Partial<Record<Capability, string>>

/** Throws `capability-missing`. What a host has not reported yet is left for its agent to judge. */
export function requireCapability(host: NetworkHost, capability: keyof typeof CANNOT, field: string): void {
  const report = (host.capabilities as CapabilityReport | null)?.[capability]
  if (!report || report.available) return
  const why = report.reason ?? 'it does not say why.'
  throw missing(`${host.name} ${CANNOT[capability]}: ${why}`, field)
}

const missing = (sentence: string, field: string) =>
  new Problem('capability-missing', sentence, { fields: { [field]: sentence } })
