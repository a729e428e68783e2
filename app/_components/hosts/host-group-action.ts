'use server'
import * as z from 'zod/mini'
import { createHostGroup, removeHostGroup, updateHostGroup } from '@/lib/host-groups/commands.ts'
import { hostGroupCreateInput } from '@/lib/host-groups/resource.ts'
import { formAction } from '@/lib/http/action.ts'

/** `id` is empty for a new one. */
export const saveHostGroupAction = formAction(
  z.extend(hostGroupCreateInput, { id: z.string() }),
  async ({ viewer, input: { id, ...group }, tx }) => {
    const saved =
      id === '' ? await createHostGroup(viewer, group, tx) : await updateHostGroup(viewer, id, group, tx)
    return { id: saved.id }
  },
  (form) => ({
    id: String(form.get('id') ?? ''),
    name: String(form.get('name') ?? '').trim(),
    hostIds: form.getAll('hostIds').map(String),
  }),
)

export const removeHostGroupAction = formAction(
  z.object({ id: z.string() }),
  async ({ viewer, input, tx }) => {
    await removeHostGroup(viewer, input.id, tx)
    return {}
  },
)
