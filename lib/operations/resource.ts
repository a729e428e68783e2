/** An operation as pages show it and the API returns it. */
import * as z from 'zod/mini'
import { problemJson } from '../contract/problem.ts'
import { reference, time } from '../contract/resource.ts'
import { OPERATION_STATUSES, STEP_STATUSES, SUBJECTS } from './definition.ts'
import { OPERATION_TYPES } from './registry.ts'

export const operationStepResource = z.object({
  name: z.string(),
  label: z.string(),
  status: z.enum(STEP_STATUSES),
  detail: z.nullable(z.string()),
  startedAt: z.nullable(time),
  endedAt: z.nullable(time),
})
export const operationResource = z.object({
  id: z.uuid(),
  type: z.enum(OPERATION_TYPES),
  status: z.enum(OPERATION_STATUSES),
  title: z.string(),
  subject: z.enum(SUBJECTS),
  actorName: z.string(),
  host: z.nullable(reference),
  template: z.nullable(reference),
  plan: z.nullable(reference),
  ve: z.nullable(reference),
  steps: z.array(operationStepResource),
  result: z.nullable(z.unknown()),
  problem: z.nullable(problemJson),
  cancelRequested: z.boolean(),
  createdAt: time,
  startedAt: z.nullable(time),
  endedAt: z.nullable(time),
})
export type OperationResource = z.infer<typeof operationResource>
