/** How far a roll-out is, stage by stage: told by the changes that are its parts. */
import * as z from 'zod/mini'
import { ownedBy } from '../auth/scope.ts'
import type { Viewer } from '../auth/viewer.ts'
import type { ProblemJson } from '../contract/problem.ts'
import { reference } from '../contract/resource.ts'
import { db } from '../db/client.ts'
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
type Part = {
  id: string
  status: OperationStatus
  problem: unknown
  ve: { id: string; name: string } | null
}

/** Of the newest roll-out of a plan; null when there was none. Throws `not-found`. */
export async function lastRollOut(viewer: Viewer, planId: string): Promise<RollOutProgress | null> {
  const plan = await getPlan(viewer, planId)
  const row = await db().operation.findFirst({
    where: { planId: plan.id, type: 'plan-roll-out', ...ownedBy(viewer, 'operation:read') },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    include: {
      steps: { where: { name: 'choose' }, select: { output: true } },
      parts: {
        select: { id: true, status: true, problem: true, ve: { select: { id: true, name: true } } },
      },
    },
  })
  if (!row) return null
  const chosen = row.steps[0]?.output as { stages: Staged; leftOut: string[] } | null | undefined
  const parts = new Map(row.parts.map((part) => [part.ve?.id, part]))
  return {
    operation: await getOperation(viewer, row.id),
    version: (row.input as { version: number }).version,
    stages: chosen ? STAGES.map((name) => progressOf(name, chosen.stages[name], parts)) : [],
    leftOut: chosen?.leftOut ?? [],
  }
}

const NAMED = 20

function progressOf(
  name: (typeof STAGES)[number],
  veIds: readonly string[],
  parts: ReadonlyMap<string | undefined, Part>,
) {
  const own = veIds.flatMap((id) => parts.get(id) ?? [])
  const count = (...statuses: OperationStatus[]) =>
    own.filter(({ status }) => statuses.includes(status)).length
  const open = own.filter(({ status }) => status !== 'succeeded')
  return {
    name,
    total: veIds.length,
    changed: count('succeeded'),
    running: count('queued', 'running'),
    failed: count('failed', 'stuck', 'cancelled'),
    ves: open.slice(0, NAMED).flatMap(({ id, status, problem, ve }) => {
      const text = (problem as ProblemJson | null)?.detail ?? null
      return ve ? [{ ve, operationId: id, status, text }] : []
    }),
  }
}
