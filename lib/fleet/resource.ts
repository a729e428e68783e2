/** Plans of moves of many VEs, as pages show them and the API takes and returns them. Browser-safe. */
import * as z from 'zod/mini'
import { reference } from '../contract/resource.ts'
import { OPERATION_STATUSES } from '../operations/definition.ts'
import { operationResource } from '../operations/resource.ts'
import { AT_ONCE, PER_PAIR, plannedMove, plannedMoves } from './planned.ts'

/** What goes where, and what stays and why. */
export const fleetPlan = z.object({
  moves: z.array(
    z.extend(plannedMove, {
      memoryBytes: z.int(),
      diskBytes: z.int(),
      /** What is not as one would have it: it shares a host with its spread group, or does not move live and why. */
      notes: z.array(z.string()),
    }),
  ),
  stay: z.array(z.object({ ve: reference, reasons: z.array(z.string()) })),
})
export type FleetPlan = z.infer<typeof fleetPlan>

/** How many moves run at once: between the same two hosts, and in all. */
const atMost = (most: number) =>
  z.int('A whole number.').check(z.gte(1, 'At least 1.'), z.lte(most, `At most ${most}.`))
export const moveBudget = {
  perPair: z.optional(atMost(PER_PAIR.most)),
  atOnce: z.optional(atMost(AT_ONCE.most)),
}

export const evacuationPlanInput = z.object({
  /** VEs that cannot move live may be moved with a restart, which breaks their connections. Without it they stay. */
  restart: z.optional(z.boolean()),
})
export type EvacuationPlanInput = z.infer<typeof evacuationPlanInput>

/** `planId`: the operation whose result is the plan. */
export const evacuateInput = z.object({ planId: z.uuid('Make a plan first.'), ...moveBudget })
export type EvacuateInput = z.infer<typeof evacuateInput>

/** What would make the load even, and how full hosts are before and after: 1 is all that may be promised. */
export const balanceProposal = z.object({
  moves: fleetPlan.shape.moves,
  hosts: z.array(z.object({ host: reference, before: z.number(), after: z.number() })),
})
export type BalanceProposal = z.infer<typeof balanceProposal>

export const balanceInput = z.object({
  moves: plannedMoves.check(z.minLength(1, 'There is nothing to move.')),
  ...moveBudget,
})
export type BalanceInput = z.infer<typeof balanceInput>

/** How far a plan is that is being carried out, or was. */
export const fleetProgress = z.object({
  operation: operationResource,
  total: z.int(),
  moved: z.int(),
  running: z.int(),
  failed: z.int(),
  /** Those that are not where they are to go; at most 100. */
  open: z.array(
    z.object({
      ve: reference,
      to: reference,
      /** Null while it waits for its turn, and where it could not even be asked for. */
      operationId: z.nullable(z.uuid()),
      status: z.enum([...OPERATION_STATUSES, 'waiting', 'refused']),
      /** Why it failed. */
      text: z.nullable(z.string()),
    }),
  ),
})
export type FleetProgress = z.infer<typeof fleetProgress>

export const evacuationResource = z.object({
  /** The latest plan: an operation, whose result it is. */
  planning: z.nullable(operationResource),
  plan: z.nullable(fleetPlan),
  /** The latest evacuation. */
  progress: z.nullable(fleetProgress),
})
export type EvacuationResource = z.infer<typeof evacuationResource>

export const balanceResource = z.object({
  proposal: balanceProposal,
  /** The latest that was carried out. */
  progress: z.nullable(fleetProgress),
})
export type BalanceResource = z.infer<typeof balanceResource>
