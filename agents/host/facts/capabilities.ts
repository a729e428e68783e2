/**
 * What this host can do, found by doing it: a kernel may list a feature and refuse it. A probe answers null when it worked,
 * else why not, in words an admin can act on. Nothing of a probe stays behind but what some of them found.
 */
import {
  CAPABILITY_NAMES,
  type Capability,
  type CapabilityReport,
} from '../../../lib/contract/capabilities.ts'
import { probeBridged, probeRouted, probeVlan } from '../network/probes.ts'
import { probeFirewall, probeFirewallBridged, probeRate } from '../network/probes-filter.ts'
import type { Sys } from '../sys/sys.ts'
import { EQUIPMENT_PROBES } from './equipment-probes.ts'
import { HOST_PROBES } from './host-probes.ts'
import { type Note, type NotingProbe, type Probe, type Reason, toolsReason } from './probe.ts'
import { forgetProbes } from './remembered-probe.ts'
import { RESOURCE_PROBES } from './resource-probes.ts'

const NETWORK_PROBES = {
  'net-routed': (sys) => toolsReason(sys, ['ip', 'nft', 'nsenter']) ?? probeRouted(sys),
  'net-bridged': (sys) => toolsReason(sys, ['ip', 'nft', 'nsenter']) ?? probeBridged(sys),
  'net-vlan': (sys) => toolsReason(sys, ['ip', 'nft', 'nsenter']) ?? probeVlan(sys),
  'net-firewall': (sys) => toolsReason(sys, ['nft']) ?? probeFirewall(sys),
  'net-firewall-bridged': (sys) => toolsReason(sys, ['nft']) ?? probeFirewallBridged(sys),
  'net-rate': (sys) => toolsReason(sys, ['tc', 'ip', 'nft']) ?? probeRate(sys),
} as const satisfies Partial<Record<Capability, Probe>>

const PROBES: Record<Capability, NotingProbe> = {
  ...HOST_PROBES,
  ...EQUIPMENT_PROBES,
  ...NETWORK_PROBES,
  ...RESOURCE_PROBES,
}

function probe(sys: Sys, name: Capability): Reason | Note {
  try {
    return PROBES[name](sys)
  } catch (error) {
    return `The probe failed: ${error instanceof Error ? error.message : String(error)}`
  }
}

export function probeCapabilities(sys: Sys): CapabilityReport {
  forgetProbes(sys)
  const report: Partial<CapabilityReport> = {}
  for (const name of CAPABILITY_NAMES) {
    const reason = probe(sys, name)
    report[name] =
      typeof reason === 'object' && reason !== null
        ? { available: true, reason: reason.note }
        : { available: reason === null, reason }
  }
  return report as CapabilityReport
}
