/** Traffic of a VE: by day and month, and its monthly limit. Days are of UTC. */
import * as z from 'zod/mini'
import { recordAudit } from '../audit/record.ts'
import { idOf, notFound } from '../auth/not-found.ts'
import { ownedBy } from '../auth/scope.ts'
import { demandFromAbove, type Viewer } from '../auth/viewer.ts'
import { Problem } from '../contract/problem.ts'
import { type Db, db } from '../db/client.ts'
import { emitVeEvent } from '../operations/events.ts'
import { judgeTraffic, letGo } from './judge-traffic.ts'
import { onVe } from './on-ve.ts'
import { getVe } from './queries.ts'
import type { VeResource } from './resource.ts'
import { dayOf } from './traffic-period.ts'
import type { VeTrafficInput } from './traffic-settings.ts'

const DAY_MS = 86_400_000
const DAYS_MOST = 400

export const veTrafficQuery = z.object({
  /** How many days back, today included. Default 31. */
  days: z.optional(
    z.coerce
      .number()
      .check(z.int('A whole number.'), z.gte(1, 'At least 1.'), z.lte(DAYS_MOST, 'At most 400.')),
  ),
})

const bytes = { inBytes: z.int(), outBytes: z.int() }
export const veTrafficHistory = z.object({
  /** Oldest first; a day without traffic is there too. */
  days: z.array(z.object({ day: z.iso.date(), ...bytes })),
  /** Calendar months, oldest first: the last thirteen with traffic. */
  months: z.array(z.object({ month: z.string(), ...bytes })),
})
export type VeTrafficHistory = z.infer<typeof veTrafficHistory>

/** Throws `not-found`. */
export async function getTraffic(
  viewer: Viewer,
  id: string,
  { days = 31 }: z.infer<typeof veTrafficQuery> = {},
): Promise<VeTrafficHistory> {
  const where = { id: idOf('VE', id), ...ownedBy(viewer, 've:read') }
  const ve = await db().ve.findFirst({ where, select: { id: true } })
  if (!ve) throw notFound('VE')
  const names = Array.from({ length: days }, (_, back) =>
    dayOf(new Date(Date.now() - back * DAY_MS)),
  ).reverse()
  const from = new Date(`${names[0]}T00:00:00Z`)
  const rows = await db().veTraffic.findMany({ where: { veId: ve.id, day: { gte: from } } })
  const byDay = new Map(rows.map((row) => [dayOf(row.day), row]))
  return {
    days: names.map((day) => ({
      day,
      inBytes: Number(byDay.get(day)?.inBytes ?? 0),
      outBytes: Number(byDay.get(day)?.outBytes ?? 0),
    })),
    months: await monthsOf(ve.id),
  }
}

async function monthsOf(veId: string): Promise<VeTrafficHistory['months']> {
  const rows = await db().$queryRaw<{ month: string; inBytes: bigint; outBytes: bigint }[]>`
    SELECT to_char(day, 'YYYY-MM') AS month, sum(in_bytes)::bigint AS "inBytes", sum(out_bytes)::bigint AS "outBytes"
    FROM ve_traffic WHERE ve_id = ${veId}::uuid
    GROUP BY 1 ORDER BY 1 DESC LIMIT 13`
  return rows
    .map(({ month, inBytes, outBytes }) => ({ month, inBytes: Number(inBytes), outBytes: Number(outBytes) }))
    .reverse()
}

/**
 * Sets limit, action and reset day, and acts on it at once: what is used up already is held back, what is not any more is let go.
 * Only for who sells to the VE's owner. Throws `not-found`, `forbidden`, `ve-state-forbids`.
 */
export function setTraffic(
  viewer: Viewer,
  id: string,
  input: VeTrafficInput,
  tx?: Db,
): Promise<{ ve: VeResource }> {
  return onVe(viewer, id, 've:configure', tx, async ({ on, ve, about }) => {
    demandFromAbove(viewer, 've:suspend', ve.accountId)
    if (ve.destroyedAt) throw new Problem('ve-state-forbids', `${ve.name} is destroyed.`)
    const { limitBytes, action, throttleBits, resetDay } = input
    const data = {
      trafficLimitBytes: limitBytes === null ? null : BigInt(limitBytes),
      trafficAction: action,
      trafficThrottleBits: BigInt(throttleBits),
      trafficResetDay: resetDay,
    }
    // Held back as was set before: let go of that first, then judge anew.
    const otherwise = action !== ve.trafficAction || BigInt(throttleBits) !== ve.trafficThrottleBits
    if (ve.trafficExceededAt && otherwise) await letGo(on, ve)
    await on.ve.update({ where: { id: ve.id }, data })
    await recordAudit(on, { ...about, action: 've-traffic', subject: ve.name, details: { ...input } })
    await emitVeEvent(on, ve)
    await judgeTraffic(on, [ve.id])
    return { ve: await getVe(viewer, id, on) }
  })
}
