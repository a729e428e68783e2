/** The monthly limit: what happens when it is reached, and when that is over. */
import { recordAudit } from '../audit/record.ts'
import { Problem } from '../contract/problem.ts'
import type { Db } from '../db/client.ts'
import type { Ve } from '../db/generated/client.ts'
import { BY_ITSELF } from '../operations/by-itself.ts'
import { enqueueOperation } from '../operations/enqueue.ts'
import { emitVeEvent } from '../operations/events.ts'
import { enqueueChange } from './configure.ts'
import { SUSPEND_STOP_SECONDS } from './suspend.ts'
import { SUSPEND_REASON } from './suspension.ts'
import { trafficUsed } from './traffic-used.ts'

/**
 * Holds each VE's traffic since its reset day against its limit: throttles or suspends one that has come to reach it, and
 * lifts that from one that does not any more. A VE whose state allows neither now is left for the next time.
 */
export async function judgeTraffic(tx: Db, veIds: readonly string[]): Promise<void> {
  if (veIds.length === 0) return
  const ids = [...veIds].sort()
  await tx.$executeRaw`SELECT 1 FROM ve WHERE id = ANY(${ids}::uuid[]) ORDER BY id FOR NO KEY UPDATE`
  const ves = await tx.ve.findMany({ where: { id: { in: ids }, destroyedAt: null }, orderBy: { id: 'asc' } })
  const used = await trafficUsed(tx, ids)
  for (const ve of ves) {
    const limit = ve.trafficLimitBytes
    const exceeds = limit !== null && BigInt(used.get(ve.id) ?? 0) >= limit
    if (exceeds === (ve.trafficExceededAt !== null)) continue
    await unlessStateForbids(() => (exceeds ? holdBack(tx, ve) : letGo(tx, ve)))
  }
}

async function unlessStateForbids(work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 've-state-forbids') throw error
  }
}

/** The operation reads what is written here: the rates of one that is throttled are part of its specification. */
async function holdBack(tx: Db, ve: Ve): Promise<void> {
  if (ve.trafficAction === 'throttle') await throttle(tx, ve)
  else if (ve.suspendedAt === null) {
    await suspend(tx, ve)
    const details = { reason: SUSPEND_REASON.traffic.label }
    await recordAudit(tx, { ...about(ve), action: 've-suspend', subject: ve.name, details })
  }
  await mark(tx, ve, new Date())
}

/** Undoes what was done for the traffic, whichever it was; a suspension for another reason stays. */
export async function letGo(tx: Db, ve: Ve): Promise<void> {
  if (ve.suspendedAt !== null && ve.suspendReason === 'traffic') {
    await lift(tx, ve)
    await recordAudit(tx, { ...about(ve), action: 've-unsuspend', subject: ve.name })
  } else if (ve.trafficAction === 'throttle') await unthrottle(tx, ve)
  await mark(tx, ve, null)
}

/** What `judgeTraffic` asks for. */
export const TRAFFIC_OPERATIONS = ['ve-suspend', 've-unsuspend', 've-configure'] as const
export type TrafficOperation = (typeof TRAFFIC_OPERATIONS)[number]

/** Asks once more for what failed, if that is still to be done. It is on record from the first time. */
export async function tryTrafficAgain(tx: Db, ve: Ve, failed: TrafficOperation): Promise<void> {
  const exceeds = ve.trafficExceededAt !== null
  await unlessStateForbids(async () => {
    if (failed === 've-configure') await (exceeds ? throttle(tx, ve) : unthrottle(tx, ve))
    else if (exceeds && ve.trafficAction === 'suspend' && ve.suspendedAt === null) await suspend(tx, ve)
    else if (!exceeds && ve.suspendReason === 'traffic') await lift(tx, ve)
  })
}

const throttle = (tx: Db, ve: Ve) =>
  enqueueChange(command(tx, ve), {}, { title: `Throttle ${ve.name}: its traffic is used up` })

const unthrottle = (tx: Db, ve: Ve) =>
  enqueueChange(command(tx, ve), {}, { title: `Lift the throttle of ${ve.name}: it has traffic again` })

const suspend = (tx: Db, ve: Ve) =>
  enqueueOperation(tx, {
    type: 've-suspend',
    input: {
      veId: ve.id,
      reason: 'traffic',
      note: 'Its traffic for the month is used up.',
      timeoutSeconds: SUSPEND_STOP_SECONDS,
    },
    title: `Suspend ${ve.name}: its traffic is used up`,
    ...about(ve),
  })

const lift = (tx: Db, ve: Ve) =>
  enqueueOperation(tx, {
    type: 've-unsuspend',
    input: { veId: ve.id },
    title: `Lift the suspension of ${ve.name}: it has traffic again`,
    ...about(ve),
  })

async function mark(tx: Db, ve: Ve, trafficExceededAt: Date | null): Promise<void> {
  await tx.ve.update({ where: { id: ve.id }, data: { trafficExceededAt } })
  await emitVeEvent(tx, ve)
}

const about = (ve: Ve) => ({ actor: BY_ITSELF, accountId: ve.accountId, veId: ve.id, hostId: ve.hostId })
const command = (on: Db, ve: Ve) => ({ on, ve, about: about(ve) })
