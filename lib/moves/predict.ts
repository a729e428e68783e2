import type { Db } from '../db/client.ts'
import type { MoveResult } from './resource.ts'

/** As long as the last live move between the same hosts, longer by as much as there is more memory. Null before the first. */
export async function predictFreeze(
  on: Db,
  { from, to, memoryBytes }: { from: string; to: string; memoryBytes: number },
): Promise<number | null> {
  const last = await on.operation.findFirst({
    where: {
      ...{ type: 've-move', status: 'succeeded', hostId: from },
      AND: [{ input: { path: ['hostId'], equals: to } }, { input: { path: ['kind'], equals: 'live' } }],
    },
    orderBy: { createdAt: 'desc' },
    select: { result: true },
  })
  return last?.result ? scaled(last.result as MoveResult, memoryBytes) : null
}

/** Pure. */
export function scaled(last: Pick<MoveResult, 'freezeMilliseconds' | 'memoryBytes'>, memoryBytes: number) {
  if (last.freezeMilliseconds === null) return null
  return Math.round(last.freezeMilliseconds * Math.max(1, memoryBytes / Math.max(1, last.memoryBytes)))
}
