'use server'
import * as z from 'zod/mini'
import { Problem } from '@/lib/contract/problem.ts'
import { formAction } from '@/lib/http/action.ts'
import { buildTemplateOn, removeTemplate } from '@/lib/templates/commands.ts'
import { getTemplate } from '@/lib/templates/queries.ts'

export const buildTemplateAction = formAction(
  z.object({ id: z.string(), hostId: z.uuid('Choose a host.') }),
  ({ viewer, input, tx }) => buildTemplateOn(viewer, input.id, input.hostId, tx),
)

export const removeTemplateAction = formAction(
  z.object({ id: z.string(), confirmation: z.string('Type the name of the template.') }),
  async ({ viewer, input, tx }) => {
    const template = await getTemplate(viewer, input.id, tx)
    if (input.confirmation.trim() !== template.name)
      throw new Problem('invalid-input', 'Not valid: confirmation.', {
        fields: { confirmation: `This is not its name. Type ${template.name} to remove it.` },
      })
    await removeTemplate(viewer, input.id, tx)
    return {}
  },
)
