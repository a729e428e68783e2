/** Every beancounter of a VE: what it is on its host, what is set, what is held, and its last day. */
import * as z from 'zod/mini'
import type { Viewer } from '../auth/viewer.ts'
import type { ObservedVe } from '../contract/agent-protocol.ts'
import { BEANCOUNTER_NAMES, BEANCOUNTER_STATUSES, BEANCOUNTERS } from '../contract/beancounters.ts'
import type { HostFacts } from '../contract/host-facts.ts'
import { beancountersOf } from '../contract/ve-limits.ts'
import { db } from '../db/client.ts'
import { limitsOfRow } from '../ves/limits/row.ts'
import { HISTORY_STEP_SECONDS } from './beancounter-history.ts'
import { veBeancounterHistory } from './queries.ts'

const amount = z.nullable(z.int())

export const beancounterTable = z.object({
  items: z.array(
    z.object({
      name: z.enum(BEANCOUNTER_NAMES),
      /** Pages are given as bytes. */
      unit: z.enum(['bytes', 'items']),
      /** What it is on its host; null while that has not said. */
      status: z.nullable(z.enum(BEANCOUNTER_STATUSES)),
      note: z.nullable(z.string()),
      barrier: amount,
      limit: amount,
      /** As the host saw it last, since the VE was started; null while it does not run. */
      held: amount,
      maxheld: amount,
      failcnt: amount,
      failsSinceYesterday: z.int(),
      /** Means of the steps of the last day, oldest first. */
      history: z.array(amount),
    }),
  ),
  historyStepSeconds: z.int(),
})
export type BeancounterTable = z.infer<typeof beancounterTable>

/** Throws `not-found`. */
export async function veBeancounters(viewer: Viewer, veId: string): Promise<BeancounterTable> {
  const history = await veBeancounterHistory(viewer, veId)
  const ve = await db().ve.findUniqueOrThrow({
    where: { id: veId },
    include: { host: { select: { facts: true } } },
  })
  const statuses = (ve.host.facts as Partial<HostFacts> | null)?.beancounters
  const readings = (ve.observed as ObservedVe | null)?.beancounters
  const set = beancountersOf(limitsOfRow(ve))
  const items = BEANCOUNTER_NAMES.map((name) => {
    const { held, maxheld, failcnt } = readings?.[name] ?? { held: null, maxheld: null, failcnt: null }
    return {
      name,
      unit: BEANCOUNTERS[name].unit === 'items' ? ('items' as const) : ('bytes' as const),
      status: statuses?.[name]?.status ?? null,
      note: statuses?.[name]?.note ?? null,
      ...set[name],
      ...{ held, maxheld, failcnt },
      failsSinceYesterday: history[name].failsSinceYesterday,
      history: history[name].held,
    }
  })
  return { items, historyStepSeconds: HISTORY_STEP_SECONDS }
}
