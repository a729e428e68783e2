import type { Problem } from '../contract/problem.ts'
import type { Prisma } from '../db/generated/client.ts'
import { storableJson } from '../db/storable.ts'

/** A problem as a JSON column takes it. */
export function problemColumn(problem: Problem): Prisma.InputJsonObject {
  return storableJson(problem.toJson()) as Prisma.InputJsonObject
}
