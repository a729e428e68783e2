/** What the flight recorder of a VE has kept. */
import * as z from 'zod/mini'
import type { Viewer } from '../auth/viewer.ts'
import type { BeancounterName } from '../contract/beancounters.ts'
import type { LimitEvent } from '../contract/limit-event.ts'
import type { VeLimits } from '../contract/ve-limits.ts'
import { db } from '../db/client.ts'
import type { LimitEvent as Row } from '../db/generated/client.ts'
import { keyset, keysetArguments, keysetPage, listQuery } from '../db/keyset.ts'
import { limitsOfRow } from '../ves/limits/row.ts'
import type { LimitEventPage, LimitEventResource } from './limit-event-resource.ts'
import { limitEventText, limitProposal } from './limit-event-text.ts'
import { visibleVe } from './queries.ts'

const { cursor, limit } = listQuery
export const limitEventQuery = z.object({ cursor, limit })

/** Newest first. Throws `not-found`. */
export async function listLimitEvents(
  viewer: Viewer,
  { veId, ...query }: z.infer<typeof limitEventQuery> & { veId: string },
): Promise<LimitEventPage> {
  const id = await visibleVe(viewer, veId)
  const set = keyset(query, '-at')
  const page = keysetArguments(set)
  const [ve, rows] = await Promise.all([
    db().ve.findUniqueOrThrow({ where: { id } }),
    db().limitEvent.findMany({ ...page, where: { AND: [{ veId: id }, page.where] } }),
  ])
  const { rows: shown, next } = keysetPage(set, rows)
  const limits = limitsOfRow(ve)
  return { items: shown.map((row) => toResource(row, limits)), next }
}

function toResource(row: Row, limits: VeLimits): LimitEventResource {
  const number = (value: bigint | null) => (value === null ? null : Number(value))
  const told = {
    kind: row.kind,
    parameter: row.parameter as BeancounterName,
    held: Number(row.held),
    barrier: number(row.barrier),
    limit: number(row.limit),
    refusals: Number(row.refusals),
    holders: row.holders as LimitEvent['holders'],
  }
  return {
    ...told,
    id: row.id,
    at: row.at.toISOString(),
    before: (row.before as LimitEvent['before']).map(({ at, held }) => ({
      at: new Date(at).toISOString(),
      held,
    })),
    // Numbers of processes are the host's.
    holders: told.holders.map(({ command, held }) => ({ command, held })),
    text: limitEventText(told),
    proposal: limitProposal(told, limits),
  }
}
