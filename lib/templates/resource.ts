/** A template as pages show it and the API returns it, and what is needed to make one. */
import * as z from 'zod/mini'
import { ARCHES } from '../contract/arch.ts'
import { name } from '../contract/names.ts'
import { problemJson } from '../contract/problem.ts'
import { reference, time } from '../contract/resource.ts'
import { templateDefinition } from '../contract/template-definition.ts'

export const TEMPLATE_STATUSES = ['building', 'ready', 'failed'] as const
export const templateResource = z.object({
  id: z.uuid(),
  name: z.string(),
  arch: z.enum(ARCHES),
  definition: templateDefinition,
  status: z.enum(TEMPLATE_STATUSES),
  problem: z.nullable(problemJson),
  /** Hosts that have its cache. */
  caches: z.array(
    z.object({
      host: reference,
      digest: z.string(),
      sizeBytes: z.int(),
      diskBytes: z.int(),
      packages: z.int(),
      builtAt: time,
    }),
  ),
  ves: z.int(),
  createdAt: time,
})
export type TemplateResource = z.infer<typeof templateResource>

export const templateCreateInput = z.object({
  name,
  definition: templateDefinition,
  /** Hosts to build it on now. */
  hostIds: z.array(z.uuid()).check(z.minLength(1, 'Choose at least one host.'), z.maxLength(100)),
})
export type TemplateCreateInput = z.infer<typeof templateCreateInput>
