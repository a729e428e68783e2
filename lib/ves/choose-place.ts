/** Where a new VE goes: a host first, then interfaces and addresses that can be had there. Under the allocation lock. */
import { addressSource } from '../addresses/assign.ts'
import { poolsServing, readPools } from '../addresses/serving.ts'
import type { Viewer } from '../auth/viewer.ts'
import type { CapabilityReport } from '../contract/capabilities.ts'
import type { HostFacts } from '../contract/host-facts.ts'
import { Problem } from '../contract/problem.ts'
import type { VeNetworkDevice } from '../contract/ve-devices.ts'
import type { Db } from '../db/client.ts'
import { candidateById, candidateOf, candidatesFor } from '../hosts/candidates.ts'
import { type Candidate, obstacle, placeVe, type Wanted } from '../hosts/placement.ts'
import type { VeInterfaceInput } from './interfaces/input.ts'
import { type PlannedInterface, planInterface } from './interfaces/plan.ts'
import type { Present } from './interfaces/routes.ts'
import { wrong } from './interfaces/routes.ts'

export type PlaceInput = {
  hostId?: string | undefined
  addresses?: string[] | undefined
  interfaces?: VeInterfaceInput[] | undefined
  networkDevices?: VeNetworkDevice[] | undefined
}

export type Place = { host: Candidate; interfaces: PlannedInterface[] }
type Asked = {
  viewer: Viewer
  /** Who is to own it. */
  accountId: string
  templateId: string
  wanted: Wanted
  input: PlaceInput
  ownNetwork: boolean
  /** Where it has to be, whoever sees that host. */
  boundTo?: string | undefined
}

/**
 * The host that was asked for or the one with the most room, and the VE's interfaces there: one routed one with the usual
 * addresses when nothing else is said, none if it shares the host's network. Where the addresses or capabilities that
 * are needed are missing on the best host, the next best is tried. Throws `invalid-input` with the field, what `obstacle` gives,
 * `forbidden`, `address-taken`, `no-free-address`, `capability-missing`; `no-host-fits` when no host was asked for.
 */
export async function choosePlace(tx: Db, asked: Asked): Promise<Place> {
  const { viewer, templateId, wanted, input } = asked
  refuseContradictions(asked)
  const hostId = asked.boundTo ?? input.hostId
  if (hostId !== undefined) {
    const host = asked.boundTo
      ? await candidateOf(tx, hostId, templateId)
      : await candidateById(tx, viewer, hostId, templateId)
    if (!host) throw wrong('hostId', 'There is no host with this id.')
    const problem = obstacle(host, wanted)
    if (problem) throw problem
    return { host, interfaces: await planInterfaces(tx, asked, host.id) }
  }
  try {
    return await bestPlace(tx, asked, await candidatesFor(tx, viewer, templateId))
  } catch (error) {
    throw withoutHostNames(viewer, error)
  }
}

function refuseContradictions({ input, ownNetwork }: Asked): void {
  if (input.interfaces && input.addresses)
    throw wrong('addresses', 'Give the addresses of each interface, or these for the only one: not both.')
  const field = input.interfaces?.length ? 'interfaces' : 'addresses'
  if (!ownNetwork && (input.interfaces ?? input.addresses ?? []).length > 0)
    throw wrong(field, 'It shares the network of its host: it has no interfaces of its own.')
}

async function bestPlace(tx: Db, asked: Asked, all: Candidate[]): Promise<Place> {
  let hosts = all
  let refusal: Problem | null = null
  for (;;) {
    const host = placeOr(refusal, hosts, asked.wanted)
    try {
      return { host, interfaces: await planInterfaces(tx, asked, host.id) }
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      refusal ??= error
      const alike = await hostsLike(tx, host, hosts)
      hosts = hosts.filter(({ id }) => !alike.has(id))
    }
  }
}

/** Once a host was good enough but for its network, that is what there is to say. */
function placeOr(refusal: Problem | null, hosts: Candidate[], wanted: Wanted): Candidate {
  try {
    return placeVe(hosts, wanted)
  } catch (error) {
    throw refusal ?? error
  }
}

/** Hosts that would refuse for the same reason: of the same pools, bridges and network capabilities. */
async function hostsLike(tx: Db, refused: Candidate, hosts: Candidate[]): Promise<Set<string>> {
  const pools = await readPools(tx)
  const rows = await tx.host.findMany({
    where: { id: { in: hosts.map(({ id }) => id) } },
    select: { id: true, groupId: true, facts: true, capabilities: true },
  })
  const network = (row: (typeof rows)[number]) =>
    JSON.stringify([
      poolsServing(pools, row).map(({ id }) => id),
      (row.facts as HostFacts | null)?.bridges ?? [],
      Object.entries((row.capabilities as CapabilityReport | null) ?? {})
        .filter(([name]) => name.startsWith('net-'))
        .map(([name, { available }]) => [name, available]),
    ])
  const own = rows.find(({ id }) => id === refused.id)
  const alike = rows.filter((row) => own && network(row) === network(own))
  return new Set([refused.id, ...alike.map(({ id }) => id)])
}

async function planInterfaces(
  tx: Db,
  { viewer, accountId, input, ownNetwork }: Asked,
  hostId: string,
): Promise<PlannedInterface[]> {
  if (!ownNetwork) return []
  const host = await tx.host.findUniqueOrThrow({
    where: { id: hostId },
    select: { id: true, name: true, groupId: true, capabilities: true, facts: true },
  })
  const source = await addressSource(tx, poolsServing(await readPools(tx), host))
  const otherNames = (input.networkDevices ?? []).map(({ ifname }) => ifname)
  const given = input.interfaces ?? [{ kind: 'routed', addresses: input.addresses } as VeInterfaceInput]
  const planned: PlannedInterface[] = []
  for (const [index, wish] of given.entries()) {
    const prefix = input.interfaces ? `interfaces.${index}.` : ''
    const present = planned.map(presentOf)
    const planning = { tx, viewer, accountId, host, source, present, otherNames, prefix }
    planned.push(await planInterface(planning, wish))
  }
  return planned
}

const presentOf = ({ assigned, ...columns }: PlannedInterface): Present => ({
  ...columns,
  addresses: assigned.map(({ address }) => address),
})

/** Whoever may not see hosts is not told their names in the reasons either. */
function withoutHostNames(viewer: Viewer, error: unknown): unknown {
  const seesAll = viewer.memberships.some(({ accountKind }) => accountKind === 'provider')
  if (seesAll || !(error instanceof Problem)) return error
  switch (error.code) {
    case 'no-host-fits':
      return new Problem('no-host-fits', 'There is no room for a VE of this size at the moment.')
    case 'no-free-address':
      return new Problem('no-free-address', 'There is no free address of this kind at the moment.')
    case 'capability-missing':
      return new Problem('capability-missing', 'No host that is free has what these interfaces need.')
    default:
      return error
  }
}
