/** A VE's limits beside its plan's and what its host makes of them. */
import * as z from 'zod/mini'
import { idOf, notFound } from '../auth/not-found.ts'
import { ownedBy } from '../auth/scope.ts'
import type { Viewer } from '../auth/viewer.ts'
import type { ObservedVe } from '../contract/agent-protocol.ts'
import { BEANCOUNTER_STATUSES } from '../contract/beancounters.ts'
import { time } from '../contract/resource.ts'
import type { VeLimits } from '../contract/ve-limits.ts'
import { db } from '../db/client.ts'
import { compareLimits } from '../limits/compare-limits.ts'
import { LIMIT_FIELDS } from '../limits/limit-fields.ts'
import type { Enforcer } from '../limits/misfits.ts'
import { limitsOfRow } from '../ves/limits/row.ts'

/** Barrier and limit of a beancounter; of any other limit `limit` counts. Null is unlimited. */
const value = z.object({
  barrier: z.nullable(z.number()),
  limit: z.nullable(z.union([z.number(), z.string()])),
})

export const vePlanResource = z.object({
  /** Null: it has none. `latest`: the newest version there is. */
  plan: z.nullable(z.object({ id: z.uuid(), name: z.string(), version: z.int(), latest: z.int() })),
  /** When the host's agent told of the VE last. */
  observedAt: z.nullable(time),
  limits: z.array(
    z.object({
      field: z.enum(LIMIT_FIELDS as [(typeof LIMIT_FIELDS)[number], ...typeof LIMIT_FIELDS]),
      plan: z.nullable(value),
      /** The panel's record. */
      ve: value,
      kernel: z.object({
        holds: z.enum([...BEANCOUNTER_STATUSES, 'unknown']),
        held: z.nullable(z.number()),
        note: z.nullable(z.string()),
      }),
      differs: z.boolean(),
    }),
  ),
})
export type VePlanResource = z.infer<typeof vePlanResource>

/** Throws `not-found`. */
export async function getVePlan(viewer: Viewer, id: string): Promise<VePlanResource> {
  const ve = await db().ve.findFirst({
    where: { id: idOf('VE', id), ...ownedBy(viewer, 've:read') },
    include: {
      host: { select: { name: true, facts: true, capabilities: true } },
      planVersion: {
        include: { plan: { include: { versions: { orderBy: { number: 'desc' }, take: 1 } } } },
      },
    },
  })
  if (!ve) throw notFound('VE')
  const { planVersion: version, host, observed } = ve
  const given = (version?.limits ?? null) as VeLimits | null
  const place = { ...host, storage: ve.storage } as Enforcer
  return {
    plan: version && {
      id: version.plan.id,
      name: version.plan.name,
      version: version.number,
      latest: version.plan.versions[0]?.number ?? version.number,
    },
    observedAt: ve.observedAt?.toISOString() ?? null,
    limits: compareLimits(given, limitsOfRow(ve), place, observed as ObservedVe | null),
  }
}
