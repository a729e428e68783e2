/** What the hosts that a VE may be on lack, for the forms that ask for it. Pure; the server judges again. */
import { CAPABILITIES, CAPABILITY_NAMES, type Capability } from '@/lib/contract/capabilities.ts'
import type { HostResource } from '@/lib/hosts/resource.ts'

export type HostMeans = {
  name: string
  /** By what it lacks: why. What it has not reported is left out. */
  lacks: Partial<Record<Capability, string>>
  bridges: readonly string[]
}

export function meansOf({ name, capabilities, facts }: HostResource): HostMeans {
  const lacking = CAPABILITY_NAMES.flatMap((capability) => {
    const found = capabilities?.[capability]
    return found && !found.available ? [[capability, found.reason ?? 'It does not say why.'] as const] : []
  })
  return { name, lacks: Object.fromEntries(lacking), bridges: facts?.bridges ?? [] }
}

const where = (hosts: readonly HostMeans[]) =>
  hosts.length === 1 ? `Not on ${hosts[0]?.name}` : 'On no host that could take it'

/** Why the first of them cannot, where none can; null when one can, or when nothing is known of any. */
function reasonOf(hosts: readonly HostMeans[], capability: Capability): string | null {
  const reason = hosts[0]?.lacks[capability]
  return reason !== undefined && hosts.every(({ lacks }) => capability in lacks) ? reason : null
}

/** That none of the hosts can, and why. */
export function lackOf(hosts: readonly HostMeans[], capability: Capability): string | null {
  const reason = reasonOf(hosts, capability)
  return reason === null ? null : `${where(hosts)}: ${reason}`
}

/** The same of a bridge. */
export function bridgeLack(hosts: readonly HostMeans[], bridge: string): string | null {
  if (hosts.length === 0 || hosts.some(({ bridges }) => bridges.includes(bridge))) return null
  return `${where(hosts)}: there is no bridge ${bridge}.`
}

/** All that they lack and a VE might miss. */
export function lacksOf(hosts: readonly HostMeans[]): { label: string; why: string }[] {
  return MISSED.flatMap((capability) => {
    const why = reasonOf(hosts, capability)
    return why === null ? [] : [{ label: CAPABILITIES[capability], why }]
  })
}

const MISSED = [
  'net-routed',
  'net-bridged',
  'net-vlan',
  'net-firewall',
  'net-firewall-bridged',
  'net-rate',
  'fuse',
  'tun',
  'nfs',
  'lxcfs',
  'time-namespace',
  'apparmor',
  'checkpoint',
] as const satisfies readonly Capability[]
