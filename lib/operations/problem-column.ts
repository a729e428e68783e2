import type { Problem } from '../contract/problem.ts'
import type { Db } from '../db/client.ts'
import { Prisma } from '../db/generated/client.ts'
import { storableJson } from '../db/storable.ts'

/** A problem as a JSON column takes it. */
export function problemColumn(problem: Problem): Prisma.InputJsonObject {
  return storableJson(problem.toJson()) as Prisma.InputJsonObject
}

/** Takes back what a stuck operation said on a VE that kept its state: its problem carries the one that came first. */
export async function clearHalfDone(tx: Db, veId: string): Promise<void> {
  await tx.ve.updateMany({
    where: {
      id: veId,
      state: { not: 'failed' },
      problem: { path: ['context', 'first', 'code'], string_contains: '' },
    },
    data: { problem: Prisma.DbNull },
  })
}
