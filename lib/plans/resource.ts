/** A plan as pages show it and the API returns it, and what is needed to make one. */
import * as z from 'zod/mini'
import { name } from '../contract/names.ts'
import { reference, time } from '../contract/resource.ts'
import { veLimits, veLimitsPart } from '../contract/ve-limits.ts'

const number = z.int('A whole number.').check(z.gte(1, 'At least 1.'), z.lte(2 ** 31 - 1, 'Too large.'))

export const planVersionResource = z.object({
  id: z.uuid(),
  /** 1, 2, 3 … */
  number,
  limits: veLimits,
  note: z.string(),
  actorName: z.string(),
  createdAt: time,
  /** How many VEs of those that the reader may see were given it last. */
  ves: z.int(),
})
export type PlanVersionResource = z.infer<typeof planVersionResource>

export const planResource = z.object({
  id: z.uuid(),
  /** Whose it is; used by those below it too. */
  account: reference,
  name: z.string(),
  description: z.string(),
  latest: planVersionResource,
  /** VEs that use it, and those of them that use an older version than the latest. */
  ves: z.int(),
  outdated: z.int(),
  createdAt: time,
})
export type PlanResource = z.infer<typeof planResource>

const note = z.string().check(z.trim(), z.maxLength(500, 'At most 500 characters.'))

export const planCreateInput = z.object({
  name,
  description: z.optional(z.string().check(z.trim(), z.maxLength(200, 'At most 200 characters.'))),
  /** What is left out is what every VE gets. */
  limits: z.optional(veLimitsPart),
  note: z.optional(note),
})
export type PlanCreateInput = z.infer<typeof planCreateInput>

export const planVersionInput = z.object({
  /** What is left out stays as in the latest version. */
  limits: veLimitsPart,
  note: z.optional(note),
})
export type PlanVersionInput = z.infer<typeof planVersionInput>

export const rollOutInput = z.object({
  /** The latest unless said otherwise. VEs that use an older one are given it. */
  version: z.optional(number),
})
export type RollOutInput = z.infer<typeof rollOutInput>

export const vePlanInput = z.object({
  /** Null: it keeps its limits and belongs to no plan any more. */
  planId: z.nullable(z.uuid('Choose a plan.')),
  /** The latest unless said otherwise. */
  version: z.optional(number),
})
export type VePlanInput = z.infer<typeof vePlanInput>
