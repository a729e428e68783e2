'use server'
import { formAction } from '@/lib/http/action.ts'
import { createTemplate } from '@/lib/templates/commands.ts'
import { templateCreateInput } from '@/lib/templates/resource.ts'

export const createTemplateAction = formAction(
  templateCreateInput,
  async ({ viewer, input, tx }) => {
    const { template } = await createTemplate(viewer, input, tx)
    return { templateId: template.id }
  },
  (form) => ({
    name: String(form.get('name') ?? '').trim(),
    definition: {
      family: 'debian',
      suite: form.get('definition.suite'),
      arch: form.get('definition.arch'),
      init: form.get('definition.init'),
      packages: String(form.get('definition.packages') ?? '')
        .split(/[\s,]+/)
        .filter(Boolean),
    },
    hostIds: form.getAll('hostIds'),
  }),
)
