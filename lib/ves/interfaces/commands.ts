/**
 * Giving a VE interfaces, changing them and taking them away, running or stopped. What a change adds is reserved as pending rows in
 * the transaction that queues it (change.ts); what it takes away stays until its host has let go of it.
 */
import { lockAllocation } from '../../addresses/allocation-lock.ts'
import { type AddressSource, addressSource } from '../../addresses/assign.ts'
import { poolsServing, readPools } from '../../addresses/serving.ts'
import { type AuditDetails, recordAudit } from '../../audit/record.ts'
import { idOf, notFound } from '../../auth/not-found.ts'
import type { Viewer } from '../../auth/viewer.ts'
import { Problem } from '../../contract/problem.ts'
import type { VeNetworkDevice } from '../../contract/ve-devices.ts'
import type { RateLimits } from '../../contract/ve-interface.ts'
import type { Db } from '../../db/client.ts'
import type { Prisma } from '../../db/generated/client.ts'
import { emitEvent } from '../../events/emit.ts'
import type { FirewallSettings } from '../../firewall/resource.ts'
import type { VeInterfacesChange } from '../change.ts'
import { enqueueChange } from '../configure.ts'
import { onVe, type VeCommand } from '../on-ve.ts'
import { refuseMoving } from '../refuse-moving.ts'
import { bareAddress, isNetwork } from '../spec.ts'
import { type Asking, refuseEvasion } from './from-above.ts'
import type { VeInterfaceInput, VeInterfaceUpdateInput } from './input.ts'
import { insertInterface, planInterface } from './plan.ts'
import { type Present, wrong } from './routes.ts'
import { requireCapability } from './support.ts'
import { planInterfaceUpdate, rateOf } from './update.ts'

const include = {
  host: { select: { id: true, name: true, groupId: true, capabilities: true, facts: true } },
  interfaces: {
    where: { removedAt: null },
    orderBy: { index: 'asc' },
    include: {
      addresses: { where: { releasedAt: null }, orderBy: { id: 'asc' }, include: { pool: true } },
    },
  },
} as const satisfies Prisma.VeInclude
type VeWithNetwork = Prisma.VeGetPayload<{ include: typeof include }>
export type InterfaceRow = VeWithNetwork['interfaces'][number]

type Queued = { interfaceId: string; operationId: string }

/**
 * Throws `not-found`, `forbidden`, `ve-state-forbids`, and with the field all that `planInterface` does. Both default routes and
 * names are judged by what the VE has and what is on its way.
 */
export function addVeInterface(
  viewer: Viewer,
  veId: string,
  input: VeInterfaceInput,
  tx?: Db,
): Promise<Queued> {
  return configuring(viewer, veId, tx, async (command, ve) => {
    if (!ve.namespaces.includes('network'))
      throw wrong('kind', `${ve.name} shares the network of its host: it has no interfaces of its own.`)
    refuseUnguarded(ve, input)
    const asking = askingOf(viewer, ve)
    refuseEvasion(asking, ve.interfaces.map(rateOf))
    const source = await sourceFor(command.on, ve)
    const present = ve.interfaces.map(presentOf)
    const otherNames = (ve.networkDevices as VeNetworkDevice[]).map(({ ifname }) => ifname)
    const planning = { ...asking, tx: command.on, host: ve.host, source, present, otherNames }
    const planned = await planInterface(planning, input)
    const interfaceId = await insertInterface(command.on, ve.id, planned, true)
    await note(command, {
      added: planned.ifname,
      ...listed('addresses', planned.assigned),
      ...rateDetails(input.rate),
    })
    return enqueue(command, interfaceId, `Add ${planned.ifname} to ${ve.name}`, { add: [interfaceId] })
  })
}

/** Throws as above, and `conflict` for an interface that is only on its way. */
export function updateVeInterface(
  viewer: Viewer,
  veId: string,
  interfaceId: string,
  input: VeInterfaceUpdateInput,
  tx?: Db,
): Promise<Queued> {
  return configuring(viewer, veId, tx, async (command, ve) => {
    const row = settledInterface(ve, interfaceId)
    const source = await sourceFor(command.on, ve)
    const present = ve.interfaces.filter(({ id }) => id !== row.id).map(presentOf)
    const asking = askingOf(viewer, ve)
    const plan = await planInterfaceUpdate({ asking, host: ve.host, source, present, row }, input)
    const assign: string[] = []
    for (const { pool, address } of plan.assigned) {
      const data = { veId: ve.id, interfaceId: row.id, poolId: pool.id, address, pending: true }
      assign.push((await command.on.veAddress.create({ data })).id)
    }
    const released = row.addresses.filter(({ id }) => plan.release.includes(id))
    await note(command, {
      changed: row.ifname,
      ...listed('addresses', plan.assigned),
      ...listed('released', released),
      ...rateDetails(plan.settings.rate),
    })
    const change = { set: [{ id: row.id, ...plan.settings }], assign, release: plan.release }
    return enqueue(command, row.id, `Change ${row.ifname} of ${ve.name}`, change)
  })
}

/** Its addresses are given back once it is gone. Throws as above. */
export function removeVeInterface(
  viewer: Viewer,
  veId: string,
  interfaceId: string,
  tx?: Db,
): Promise<Queued> {
  return configuring(viewer, veId, tx, async (command, ve) => {
    const { id, ifname } = settledInterface(ve, interfaceId)
    refuseEvasion(askingOf(viewer, ve), ve.interfaces.map(rateOf))
    await note(command, { removed: ifname })
    return enqueue(command, id, `Take ${ifname} from ${ve.name}`, { remove: [id] })
  })
}

function note({ on, ve, about }: VeCommand, details: AuditDetails): Promise<void> {
  return recordAudit(on, { ...about, action: 've-interfaces', subject: ve.name, details })
}

const listed = (name: string, of: readonly { address: string }[]): AuditDetails =>
  of.length > 0 ? { [name]: of.map(({ address }) => address) } : {}

const rateDetails = (rate: RateLimits | undefined): AuditDetails =>
  rate ? { rateInBits: rate.inBits, rateOutBits: rate.outBits } : {}

function configuring<T>(
  viewer: Viewer,
  veId: string,
  tx: Db | undefined,
  work: (command: VeCommand, ve: VeWithNetwork) => Promise<T>,
): Promise<T> {
  return onVe(viewer, veId, 've:configure', tx, async (command) => {
    refuseMoving(command.ve)
    await lockAllocation(command.on)
    return work(command, await command.on.ve.findUniqueOrThrow({ where: { id: command.ve.id }, include }))
  })
}

const askingOf = (viewer: Viewer, { accountId }: VeWithNetwork): Asking => ({ viewer, accountId, prefix: '' })

async function sourceFor(on: Db, ve: VeWithNetwork): Promise<AddressSource> {
  return addressSource(on, poolsServing(await readPools(on), ve.host))
}

/** Not what is on its way: an operation that queues behind its arrival would find another VE if that fails. */
function settledInterface(ve: VeWithNetwork, interfaceId: string): InterfaceRow {
  const id = idOf('interface', interfaceId)
  const row = ve.interfaces.find((each) => each.id === id)
  if (!row) throw notFound('interface')
  if (row.pending)
    throw new Problem('conflict', `${row.ifname} is being added to ${ve.name}: wait until that has ended.`)
  return row
}

/** Rules that a host cannot enforce on bridges would protect nothing. */
function refuseUnguarded(ve: VeWithNetwork, { kind }: VeInterfaceInput): void {
  const { enabled } = ve.firewall as FirewallSettings
  if (enabled && kind === 'bridged') requireCapability(ve.host, 'net-firewall-bridged', 'kind')
}

export function presentOf(row: InterfaceRow): Present {
  const { index, ifname, kind, mac, gateway4, gateway6 } = row
  const addresses = row.addresses.map(({ address }) => (isNetwork(address) ? address : bareAddress(address)))
  return { index, ifname, kind, mac, gateway4, gateway6, addresses }
}

async function enqueue(
  command: VeCommand,
  interfaceId: string,
  title: string,
  change: Partial<VeInterfacesChange>,
): Promise<Queued> {
  const interfaces = { add: [], remove: [], set: [], assign: [], release: [], ...change }
  const { operationId } = await enqueueChange(command, { interfaces }, { title })
  await emitEvent(command.on, { topic: 'addresses', id: null, accountId: null })
  return { interfaceId, operationId }
}
