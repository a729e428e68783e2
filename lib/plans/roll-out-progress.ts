/** How far a roll-out is, stage by stage: told by the changes that are its parts. */
import * as z from 'zod/mini'
import { ownedBy } from '../auth/scope.ts'
import type { Viewer } from '../auth/viewer.ts'
import { reference } from '../contract/resource.ts'
import { db } from '../db/client.ts'
import { Prisma } from '../db/generated/client.ts'
import { OPERATION_STATUSES, type OperationStatus } from '../operations/definition.ts'
import { getOperation } from '../operations/queries.ts'
import { operationResource } from '../operations/resource.ts'
import { getPlan } from './queries.ts'
import { STAGES, type Staged } from './stages.ts'

const stageProgress = z.object({
  name: z.enum(STAGES),
  total: z.int(),
  changed: z.int(),
  running: z.int(),
  failed: z.int(),
  /** The VEs whose change failed or goes on; at most 20. `text`: why it failed. */
  ves: z.array(
    z.object({
      ve: reference,
      operationId: z.uuid(),
      status: z.enum(OPERATION_STATUSES),
      text: z.nullable(z.string()),
    }),
  ),
})

export const rollOutProgress = z.object({
  operation: operationResource,
  version: z.int(),
  /** Empty until it is known which VEs use an older version. */
  stages: z.array(stageProgress),
  /** Names of VEs that no change reaches as they are. */
  leftOut: z.array(z.string()),
})
export type RollOutProgress = z.infer<typeof rollOutProgress>
type Part = { id: string; status: OperationStatus; text: string | null; veId: string }

/** Of the newest roll-out of a plan; null when there was none. Throws `not-found`. */
export async function lastRollOut(viewer: Viewer, planId: string): Promise<RollOutProgress | null> {
  const plan = await getPlan(viewer, planId)
  const row = await db().operation.findFirst({
    where: { planId: plan.id, type: 'plan-roll-out', ...ownedBy(viewer, 'operation:read') },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    include: {
      steps: { where: { name: 'choose' }, select: { output: true } },
    },
  })
  if (!row) return null
  const chosen = row.steps[0]?.output as { stages: Staged; leftOut: string[] } | null | undefined
  return {
    operation: await getOperation(viewer, row.id),
    version: (row.input as { version: number }).version,
    stages: chosen
      ? await Promise.all(STAGES.map((name) => progressOf(row.id, name, chosen.stages[name])))
      : [],
    leftOut: chosen?.leftOut ?? [],
  }
}

const NAMED = 20

/** Counted by the database: a plan may have many VEs, and its page is read again with each change of one. */
async function progressOf(parentId: string, name: (typeof STAGES)[number], veIds: readonly string[]) {
  const ofStage = Prisma.sql`parent_id = ${parentId}::uuid AND ve_id = ANY(${veIds}::uuid[])`
  const [counts, open] = await Promise.all([
    db().$queryRaw<{ status: OperationStatus; count: number }[]>`
      SELECT status, count(*)::int AS count FROM operation WHERE ${ofStage} GROUP BY status`,
    db().$queryRaw<Part[]>`
      SELECT id, status, problem->>'detail' AS text, ve_id AS "veId" FROM operation
      WHERE ${ofStage} AND status <> 'succeeded' ORDER BY created_at, id LIMIT ${NAMED}`,
  ])
  const names = await db().ve.findMany({
    where: { id: { in: open.map(({ veId }) => veId) } },
    select: { id: true, name: true },
  })
  const count = (...statuses: OperationStatus[]) =>
    counts.filter(({ status }) => statuses.includes(status)).reduce((sum, each) => sum + each.count, 0)
  return {
    name,
    total: veIds.length,
    changed: count('succeeded'),
    running: count('queued', 'running'),
    failed: count('failed', 'stuck', 'cancelled'),
    ves: open.flatMap(({ id, status, text, veId }) => {
      const ve = names.find((each) => each.id === veId)
      return ve ? [{ ve, operationId: id, status, text }] : []
    }),
  }
}
