import type { AddressPoolResource } from '@/lib/addresses/resource.ts'
import type { Viewer } from '@/lib/auth/viewer.ts'
import { listHostGroups } from '@/lib/host-groups/queries.ts'
import { listHosts } from '@/lib/hosts/queries.ts'
import type { BindingChoice } from './pool-bindings.tsx'

const IN_LIST = { limit: 200 }

/** What a pool may be bound to, and what it is bound to. */
export async function poolChoices(
  viewer: Viewer,
  pool?: AddressPoolResource,
): Promise<{ hosts: BindingChoice[]; groups: BindingChoice[] }> {
  const [hosts, groups] = await Promise.all([listHosts(viewer, IN_LIST), listHostGroups(viewer, IN_LIST)])
  const bound = new Set([...(pool?.hosts ?? []), ...(pool?.groups ?? [])].map(({ id }) => id))
  const choice = ({ id, name }: { id: string; name: string }) => ({ id, name, bound: bound.has(id) })
  return { hosts: hosts.items.map(choice), groups: groups.items.map(choice) }
}
