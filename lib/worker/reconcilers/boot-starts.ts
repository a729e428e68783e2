/**
 * Owns VEs whose host has booted (`bootStart`): starts them by boot order, those of one order side by side, the next when the former
 * have ended or failed. What is written down says how far it is, so any worker goes on with it.
 */
import type { ObservedVe } from '../../contract/agent-protocol.ts'
import { Problem } from '../../contract/problem.ts'
import { type Db, db, transaction } from '../../db/client.ts'
import type { Ve } from '../../db/generated/client.ts'
import { BY_ITSELF } from '../../operations/by-itself.ts'
import { enqueueOperation } from '../../operations/enqueue.ts'
import type { Reconciler } from './reconciler.ts'

/** A host that has just booted reads all its disks afresh. */
const AT_ONCE = 4

export const bootStarts: Reconciler = {
  name: 'boot-starts',
  everyMs: 1_000,
  async run() {
    const hosts = await db().$queryRaw<{ id: string }[]>`
      SELECT DISTINCT h.id FROM ve v JOIN host h ON h.id = v.host_id
      WHERE v.boot_start IS NOT NULL AND h.status IN ('online', 'maintenance')`
    for (const { id } of hosts) await transaction((tx) => startNext(tx, id))
  },
}

async function startNext(tx: Db, hostId: string): Promise<void> {
  // One worker at a time for a host; another comes back in a second.
  const locked = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM host WHERE id = ${hostId}::uuid FOR NO KEY UPDATE SKIP LOCKED`
  if (locked.length === 0) return
  const open = await dropSettled(tx, await readWaiting(tx, hostId))
  // What may never come back holds up no other.
  const there = open.filter((ve) => ve.busy || !isAbsent(ve))
  const first = there[0]?.bootOrder
  const turn = there.filter(({ bootOrder }) => bootOrder === first)
  const room = AT_ONCE - turn.filter(({ busy }) => busy).length
  for (const ve of turn.filter(({ busy }) => !busy).slice(0, Math.max(0, room))) await start(tx, ve)
}

type Waiting = Ve & { busy: boolean }

async function readWaiting(tx: Db, hostId: string): Promise<Waiting[]> {
  const ves = await tx.ve.findMany({
    where: { hostId, NOT: { bootStart: null } },
    orderBy: [{ bootOrder: 'asc' }, { veid: 'asc' }],
  })
  const live = await tx.operation.findMany({
    where: { queue: { in: ves.map(({ id }) => `ve:${id}`) }, status: { in: ['queued', 'running'] } },
    select: { veId: true },
  })
  const busy = new Set(live.map(({ veId }) => veId))
  return ves.map((ve) => ({ ...ve, busy: busy.has(ve.id) }))
}

/** Those whose start has ended, however it did, and those that are not to be started any more. */
async function dropSettled(tx: Db, ves: Waiting[]): Promise<Waiting[]> {
  const isSettled = (ve: Waiting) => !ve.busy && (ve.bootStart === 'started' || !isToStart(ve))
  const ids = ves.filter(isSettled).map(({ id }) => id)
  if (ids.length > 0) await tx.ve.updateMany({ where: { id: { in: ids } }, data: { bootStart: null } })
  return ves.filter((ve) => !isSettled(ve))
}

function isToStart(ve: Ve): boolean {
  return (isDown(ve) || isAbsent(ve)) && ve.startOnBoot && !ve.suspendedAt && !ve.destroyedAt
}

/** One that an operation worked on while its host booted still counts as running. */
const isDown = ({ state, observed }: Ve) =>
  state === 'stopped' || (state === 'running' && (observed as ObservedVe | null)?.state === 'stopped')

/** Its host booted and has not got it yet, or not any more. */
const isAbsent = ({ state, observed }: Ve) =>
  state !== 'stopped' && (observed as ObservedVe | null)?.state === 'absent'

async function start(tx: Db, ve: Ve): Promise<void> {
  if (ve.state === 'running') await tx.ve.update({ where: { id: ve.id }, data: { state: 'stopped' } })
  try {
    await enqueueOperation(tx, {
      type: 've-start',
      input: { veId: ve.id },
      title: `Start ${ve.name}: its host booted`,
      actor: BY_ITSELF,
      accountId: ve.accountId,
      veId: ve.id,
      hostId: ve.hostId,
    })
  } catch (error) {
    if (!(error instanceof Problem)) throw error
  }
  await tx.ve.update({ where: { id: ve.id }, data: { bootStart: 'started' } })
}
