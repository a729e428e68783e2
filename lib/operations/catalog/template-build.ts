import * as z from 'zod/mini'
import { defineOperation } from '../definition.ts'

/** Builds a template's cache on one host. */
export const templateBuild = defineOperation({
  type: 'template-build',
  label: 'Build template',
  subject: 'template',
  input: z.object({ templateId: z.uuid(), hostId: z.uuid() }),
  permission: 'template:manage',
  cancellable: true,
  deadlineSeconds: 3600,
  steps: [{ name: 'build', label: 'Build the cache on the host' }],
})
