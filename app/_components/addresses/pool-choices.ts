import type { AddressPoolResource } from '@/lib/addresses/resource.ts'
import type { Viewer } from '@/lib/auth/viewer.ts'
import { listHostGroups } from '@/lib/host-groups/queries.ts'
import { listHosts } from '@/lib/hosts/queries.ts'
import type { HostResource } from '@/lib/hosts/resource.ts'
import type { BindingChoice } from './pool-bindings.tsx'
import type { BridgeChoice } from './pool-bridge.tsx'

const IN_LIST = { limit: 200 }

/** What a pool may be bound to, and what it is bound to. */
export async function poolChoices(
  viewer: Viewer,
  pool?: AddressPoolResource,
): Promise<{ hosts: BindingChoice[]; groups: BindingChoice[]; bridges: BridgeChoice[] }> {
  const [hosts, groups] = await Promise.all([listHosts(viewer, IN_LIST), listHostGroups(viewer, IN_LIST)])
  const bound = new Set([...(pool?.hosts ?? []), ...(pool?.groups ?? [])].map(({ id }) => id))
  const choice = ({ id, name }: { id: string; name: string }) => ({ id, name, bound: bound.has(id) })
  return { hosts: hosts.items.map(choice), groups: groups.items.map(choice), bridges: bridgesOf(hosts.items) }
}

const NAMED = 5

/** By name, with the hosts that have it. */
function bridgesOf(hosts: readonly HostResource[]): BridgeChoice[] {
  const found = new Map<string, string[]>()
  for (const { name, facts } of hosts)
    for (const bridge of facts?.bridges ?? []) found.set(bridge, [...(found.get(bridge) ?? []), name])
  return [...found]
    .map(([name, having]) => ({ name, hosts: few(having) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

const few = (names: string[]) =>
  names.length > NAMED ? [...names.slice(0, NAMED), `${names.length - NAMED} more`] : names
