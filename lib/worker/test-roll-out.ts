/** For tests: a plan with VEs on its first version and a roll-out of the second, and the changes that are parts of it. */
import { randomUUID } from 'node:crypto'
import pino from 'pino'
import { DEFAULT_LIMITS } from '../contract/ve-limits.ts'
import { db } from '../db/client.ts'
import type { Hosts } from './hosts.ts'
import { LiveOperations } from './live-operations.ts'
import { runOperation } from './run-operation.ts'
import { type Fleet, makeFleet, makeVe } from './test-fleet.ts'

export async function makePlan(fleet: Fleet, ves: string[] = ['generic', 'generic', 'generic']) {
  const { accountId } = fleet
  const version = (number: number, cpuUnits: number) => ({
    number,
    limits: { ...DEFAULT_LIMITS, cpuUnits },
    actorName: 'test',
  })
  const plan = await db().plan.create({
    data: {
      accountId,
      name: `Plan ${randomUUID().slice(0, 8)}`,
      versions: { create: [version(1, 1000), version(2, 2000)] },
    },
    include: { versions: { orderBy: { number: 'asc' } } },
  })
  const [first, second] = plan.versions.map(({ id }) => id)
  const veIds: string[] = []
  for (const name of ves) {
    const { id } = await makeVe(fleet, name, 'running')
    await db().ve.update({ where: { id }, data: { planVersionId: first ?? null } })
    await noteCreation(accountId, id)
    veIds.push(id)
  }
  return { planId: plan.id, first: first as string, second: second as string, veIds }
}

/** A sample that was taken before the VE came to be and comes in late does not count against it: on a busy machine seconds late. */
const CREATED_JUST_NOW_MS = 60_000

/** As the operation that made it would have. */
async function noteCreation(accountId: string, veId: string): Promise<void> {
  const now = new Date(Date.now() + CREATED_JUST_NOW_MS)
  await db().operation.create({
    data: {
      type: 've-create',
      status: 'succeeded',
      title: 'Create',
      input: { veId },
      actorName: 'test',
      accountId,
      veId,
      queue: `ve:${veId}`,
      startedAt: now,
      endedAt: now,
    },
  })
}

/** An admin of the fleet's account. */
export async function makeActor({ accountId }: Fleet): Promise<string> {
  const userId = randomUUID()
  await db().user.create({ data: { id: userId, name: 'Ada Admin', email: `${userId}@example.org` } })
  await db().membership.create({ data: { userId, accountId, role: 'admin' } })
  return userId
}

/** As a worker finds it when it has claimed it. */
export async function makeRollOut() {
  const fleet = await makeFleet()
  const plan = await makePlan(fleet)
  const operation = await db().operation.create({
    data: {
      type: 'plan-roll-out',
      status: 'running',
      title: 'Roll out',
      input: { planId: plan.planId, version: 2 },
      actorId: await makeActor(fleet),
      actorName: 'Ada Admin',
      accountId: fleet.accountId,
      planId: plan.planId,
      queue: '',
    },
  })
  return { fleet, ...plan, operationId: operation.id }
}

/** Runs the changes of roll-outs as a worker does, until the signal aborts. */
export async function runParts(hosts: Hosts, signal: AbortSignal): Promise<void> {
  const id = randomUUID()
  const worker = {
    id,
    log: pino({ level: 'silent' }),
    hosts,
    live: new LiveOperations(id),
    aside: new Set<Promise<void>>(),
    sealingKey: undefined as never,
  }
  while (!signal.aborted) {
    const parts = await db().operation.findMany({ where: { NOT: { parentId: null }, status: 'queued' } })
    for (const part of parts) await runOperation(worker, part.id)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
