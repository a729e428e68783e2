/** For tests: a database with an account, a simulated host, a template with its cache there, and VEs by name. */

import { closeDb, db, transaction } from '../db/client.ts'
import type { Operation, OperationStep } from '../db/generated/client.ts'
import { createTestDatabase } from '../db/test-database.ts'
import { enqueueOperation } from '../operations/enqueue.ts'
import type { OperationType } from '../operations/registry.ts'
import { migrateQueue } from './migrate-queue.ts'

export const ACTOR = { userId: null, name: 'test' }

/** A migrated database of the test file's own; `db()` uses it. */
export async function useTestDatabase(): Promise<{ drop(): Promise<void> }> {
  const database = await createTestDatabase()
  process.env.DATABASE_URL = database.url
  process.env.CORRAL_SECRET ??= 'of tests'.repeat(4)
  await migrateQueue(database.url)
  return {
    async drop() {
      await closeDb()
      await database.drop()
    },
  }
}

export type Fleet = { accountId: string; hostId: string; templateId: string }

const DEFINITION = { family: 'debian', suite: 'trixie', arch: 'x86-64', init: 'sysvinit', packages: [] }

export async function makeFleet(options: { hostName?: string; packages?: string[] } = {}): Promise<Fleet> {
  const mark = crypto.randomUUID().slice(0, 8)
  const account = await db().account.create({ data: { kind: 'provider', name: `Provider ${mark}` } })
  const host = await db().host.create({
    data: {
      accountId: account.id,
      name: options.hostName ?? `sim-${mark}`,
      address: 'simulated',
      port: 22,
      user: 'root',
      simulated: true,
      status: 'online',
      arch: 'x86-64',
    },
  })
  const definition = { ...DEFINITION, packages: options.packages ?? [] }
  const template = await db().template.create({
    data: { accountId: account.id, name: `Debian ${mark}`, arch: 'x86-64', definition, status: 'ready' },
  })
  const [templateId, hostId] = [template.id, host.id]
  const digest = `sha256:${'0'.repeat(64)}`
  const sizes = { sizeBytes: 1, diskBytes: 1, packages: 1 }
  await db().templateCache.create({ data: { templateId, hostId, cache: `cache-${mark}`, digest, ...sizes } })
  return { accountId: account.id, hostId, templateId }
}

/** Another host of the fleet, with the same template. */
export async function makeNeighbour({ accountId, templateId, hostId }: Fleet, name = 'next') {
  const { id: _, ...like } = await db().host.findUniqueOrThrow({ where: { id: hostId } })
  const mark = crypto.randomUUID().slice(0, 8)
  const host = await db().host.create({
    data: {
      ...{ accountId, name: `${name}-${mark}`, address: like.address, port: like.port, user: like.user },
      ...{ simulated: true, status: 'online', arch: like.arch, memoryBytes: 2 ** 36, diskBytes: 2 ** 40 },
    },
  })
  const digest = `sha256:${'0'.repeat(64)}`
  const sizes = { sizeBytes: 1, diskBytes: 1, packages: 1 }
  await db().templateCache.create({
    data: { templateId, hostId: host.id, cache: `c-${mark}`, digest, ...sizes },
  })
  return host
}

let nextVeid = 101

/** A VE's row as the web makes it: "creating", with what it needs reserved. */
export async function makeVe(
  fleet: Fleet,
  name: string,
  state: 'creating' | 'stopped' | 'running' | 'hibernated' = 'creating',
) {
  const veid = nextVeid++
  return db().ve.create({
    data: {
      ...fleet,
      veid,
      name: `${name}-${veid}`,
      hostname: `ve${veid}.example.org`,
      arch: 'x86-64',
      state,
      ...(state === 'hibernated' ? { observed: { state, checkpoint: { at: 0, bytes: 1 } } } : {}),
      idBase: 1_048_576 + veid * 65_536,
      storage: 'image',
      diskBytes: 4 * 1024 ** 3,
      memoryBytes: 512 * 1024 ** 2,
      swapBytes: 0,
      processes: 1024,
      cpuUnits: 1000,
      dnsServers: [],
      searchDomains: [],
      sshKeys: [],
    },
  })
}

type VeOperation = Extract<OperationType, `ve-${string}`>

export async function enqueueOnVe(
  fleet: Fleet,
  veId: string,
  type: VeOperation,
  more: Record<string, unknown> = {},
): Promise<string> {
  const { secret, ...input } = more
  const request = { type, input: { veId, ...input }, title: type, actor: ACTOR, veId, secret, ...fleet }
  const { operationId } = await transaction((tx) => enqueueOperation(tx, request as never))
  return operationId
}

export type Ended = Operation & { steps: OperationStep[] }

/** Waits until an operation is over, however it ended. */
export async function ended(operationId: string, withinMs = 15_000): Promise<Ended> {
  const until = Date.now() + withinMs
  for (;;) {
    const operation = await readOperation(operationId)
    if (operation.status !== 'queued' && operation.status !== 'running') return operation
    if (Date.now() > until) throw new Error(`Operation ${operation.type} is still ${operation.status}.`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

export function readOperation(operationId: string): Promise<Ended> {
  return db().operation.findUniqueOrThrow({
    where: { id: operationId },
    include: { steps: { orderBy: { index: 'asc' } } },
  })
}

/** Waits until `look` finds something. */
export async function eventually<T>(
  look: () => Promise<T | null | undefined | false>,
  withinMs = 15_000,
): Promise<T> {
  const until = Date.now() + withinMs
  for (;;) {
    const found = await look()
    if (found) return found
    if (Date.now() > until) throw new Error('It did not come about in time.')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
