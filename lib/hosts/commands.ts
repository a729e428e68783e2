/** What an admin may do to hosts: each queues an operation, the worker does it. */
import type * as z from 'zod/mini'
import { idOf, notFound } from '../auth/not-found.ts'
import { ownedBy } from '../auth/scope.ts'
import { demand, providerAccount, type Viewer } from '../auth/viewer.ts'
import { heldByHost } from '../backups/held-by-host.ts'
import { Problem } from '../contract/problem.ts'
import type { Db } from '../db/client.ts'
import type { Host } from '../db/generated/client.ts'
import { within } from '../db/within.ts'
import { emitEvent } from '../events/emit.ts'
import { refuseUnsettledTo } from '../moves/unsettled.ts'
import { actorOf } from '../operations/commands.ts'
import { enqueueOperation } from '../operations/enqueue.ts'
import type { OperationType } from '../operations/registry.ts'
import { getHost } from './queries.ts'
import type { HostCreateInput, HostCredential, HostResource, hostProbeInput } from './resource.ts'

/** Fetches the host's key, for the admin to confirm: the fingerprint is in the operation's result. */
export async function probeHost(
  viewer: Viewer,
  input: z.infer<typeof hostProbeInput>,
  tx?: Db,
): Promise<{ operationId: string }> {
  const accountId = providerAccount(viewer, 'host:manage')
  return within(tx, (on) =>
    enqueueOperation(on, {
      type: 'host-probe',
      input,
      title: `Look at ${input.address}`,
      actor: actorOf(viewer),
      accountId,
    }),
  )
}

/** Throws `forbidden`, and `invalid-input` for a name or an address that another host has. */
export async function addHost(
  viewer: Viewer,
  input: HostCreateInput,
  tx?: Db,
): Promise<{ host: HostResource; operationId: string }> {
  const accountId = providerAccount(viewer, 'host:manage')
  return within(tx, async (on) => {
    await refuseDuplicate(on, input)
    const place =
      'simulated' in input
        ? { address: 'simulated', port: 22, user: 'root', simulated: true }
        : { address: input.address, port: input.port, user: input.user, fingerprint: input.fingerprint }
    const row = await on.host.create({ data: { accountId, name: input.name, ...place } })
    await emitEvent(on, { topic: 'host', id: row.id, accountId })
    const { operationId } = await enrol(on, viewer, row, 'simulated' in input ? undefined : input.credential)
    return { host: await getHost(viewer, row.id, on), operationId }
  })
}

/** Enrols again after a failure, with the password or key again: it was wiped when the first try ended. */
export async function retryEnrolment(
  viewer: Viewer,
  id: string,
  credential?: HostCredential,
  tx?: Db,
): Promise<{ operationId: string }> {
  return managing(viewer, id, tx, async (on, host) => {
    if (host.status !== 'failed' && host.status !== 'enrolling')
      throw new Problem('conflict', `${host.name} is enrolled already; it is ${host.status}.`)
    await refuseWhileBusy(on, host, ['host-enrol', 'host-remove'])
    if (!credential && !host.simulated)
      throw new Problem('invalid-input', 'Not valid: credential.', {
        fields: { credential: 'Give the password or the key again.' },
      })
    await on.host.update({ where: { id: host.id }, data: { status: 'enrolling' } })
    await emitEvent(on, { topic: 'host', id: host.id, accountId: host.accountId })
    return enrol(on, viewer, host, credential)
  })
}

/** Reads facts and capabilities again. Throws `not-found`, `forbidden`. */
export async function refreshHost(viewer: Viewer, id: string, tx?: Db): Promise<{ operationId: string }> {
  return managing(viewer, id, tx, (on, host) =>
    onHost(on, viewer, host, 'host-refresh', `Refresh ${host.name}`),
  )
}

/** Sends the signed agent of this version of Corral. Throws `not-found`, `forbidden`. */
export async function upgradeHostAgent(
  viewer: Viewer,
  id: string,
  tx?: Db,
): Promise<{ operationId: string }> {
  return managing(viewer, id, tx, (on, host) =>
    onHost(on, viewer, host, 'host-upgrade-agent', `Upgrade the agent on ${host.name}`),
  )
}

/** Forgets a host without VEs. Throws `not-found`, `forbidden`, and `conflict` while it holds VEs, or may, or a pool serves it alone. */
export async function removeHost(viewer: Viewer, id: string, tx?: Db): Promise<{ operationId: string }> {
  return managing(viewer, id, tx, async (on, host) => {
    const ves = await on.ve.count({
      where: { OR: [{ hostId: host.id }, { movingToId: host.id }], destroyedAt: null },
    })
    if (ves > 0)
      throw new Problem(
        'conflict',
        `${host.name} holds ${ves} ${ves === 1 ? 'VE' : 'VEs'}; destroy or move them first.`,
      )
    const held = await heldByHost(on, host.id)
    if (held !== null) throw new Problem('conflict', `${host.name} cannot be removed. ${held}`)
    await refuseUnsettledTo(on, host)
    await refuseLastBinding(on, host)
    await refuseWhileBusy(on, host, ['host-remove'])
    return onHost(on, viewer, host, 'host-remove', `Remove ${host.name}`)
  })
}

/** The row is locked until the transaction ends, so that a VE placed meanwhile and a removal see each other. */
export async function managing<T>(
  viewer: Viewer,
  id: string,
  tx: Db | undefined,
  work: (on: Db, host: Host) => Promise<T>,
): Promise<T> {
  const hostId = idOf('host', id)
  return within(tx, async (on) => {
    await on.$executeRaw`SELECT 1 FROM host WHERE id = ${hostId}::uuid FOR UPDATE`
    const host = await on.host.findFirst({ where: { id: hostId, ...ownedBy(viewer, 'host:read') } })
    if (!host) throw notFound('host')
    demand(viewer, 'host:manage', host.accountId)
    return work(on, host)
  })
}

async function refuseDuplicate(on: Db, input: HostCreateInput): Promise<void> {
  const fields: Record<string, string> = {}
  const named = await on.host.findFirst({ where: { name: { equals: input.name, mode: 'insensitive' } } })
  if (named) fields.name = 'Another host has this name.'
  if (!('simulated' in input)) {
    const { address, port } = input
    const there = await on.host.findFirst({
      where: { address: { equals: address, mode: 'insensitive' }, port },
    })
    if (there) fields.address = `${there.name} has this address and port.`
  }
  const names = Object.keys(fields)
  if (names.length > 0) throw new Problem('invalid-input', `Not valid: ${names.join(', ')}.`, { fields })
}

/** A pool that was bound to this host alone would be bound to nothing, and so serve every host. */
async function refuseLastBinding(on: Db, host: Host): Promise<void> {
  const pool = await on.addressPool.findFirst({
    where: { hosts: { some: { hostId: host.id }, every: { hostId: host.id } }, groups: { none: {} } },
    select: { name: true },
  })
  if (pool)
    throw new Problem(
      'conflict',
      `The address pool ${pool.name} serves ${host.name} alone: bind it elsewhere first.`,
    )
}

async function refuseWhileBusy(on: Db, host: Host, types: OperationType[]): Promise<void> {
  const live = await on.operation.findFirst({
    where: { hostId: host.id, type: { in: types }, status: { in: ['queued', 'running'] } },
    select: { title: true, status: true },
  })
  if (live) throw new Problem('conflict', `“${live.title}” is ${live.status} already.`)
}

function enrol(on: Db, viewer: Viewer, host: Host, credential: HostCredential | undefined) {
  return enqueueOperation(on, {
    type: 'host-enrol',
    input: { hostId: host.id },
    title: `Enrol ${host.name}`,
    actor: actorOf(viewer),
    accountId: host.accountId,
    hostId: host.id,
    ...(credential ? { secret: credential } : {}),
  })
}

type HostOperation = 'host-refresh' | 'host-upgrade-agent' | 'host-remove'

function onHost(on: Db, viewer: Viewer, host: Host, type: HostOperation, title: string) {
  const about = { title, actor: actorOf(viewer), accountId: host.accountId, hostId: host.id }
  return enqueueOperation(on, { type, input: { hostId: host.id }, ...about })
}
