/** Spread groups: VEs of one account that are kept on different hosts where that can be. */
import type { Db } from '../db/client.ts'

/** `exceptVe`: the one that a place is looked for. */
export type SpreadGroup = { accountId: string; group: string; exceptVe?: string }

export function spreadOf(ve: {
  id: string
  accountId: string
  spreadGroup: string | null
}): SpreadGroup | null {
  return ve.spreadGroup === null ? null : { accountId: ve.accountId, group: ve.spreadGroup, exceptVe: ve.id }
}

/** How many of the group are on each host, or on their way there. A host without any is not in the map. */
export async function spreadByHost(
  on: Db,
  { accountId, group, exceptVe }: SpreadGroup,
): Promise<Map<string, number>> {
  const rows = await on.ve.findMany({
    where: {
      accountId,
      spreadGroup: group,
      destroyedAt: null,
      ...(exceptVe ? { NOT: { id: exceptVe } } : {}),
    },
    select: { hostId: true, movingToId: true },
  })
  const counts = new Map<string, number>()
  for (const { hostId, movingToId } of rows)
    for (const id of [hostId, movingToId]) if (id !== null) counts.set(id, (counts.get(id) ?? 0) + 1)
  return counts
}
