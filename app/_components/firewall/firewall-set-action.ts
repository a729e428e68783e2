'use server'
import * as z from 'zod/mini'
import { createFirewallSet, removeFirewallSet, updateFirewallSet } from '@/lib/firewall/commands.ts'
import { firewallSetCreateInput } from '@/lib/firewall/set-resource.ts'
import { formAction } from '@/lib/http/action.ts'
import { validate } from '@/lib/http/validate.ts'

/** `rules` is JSON: a list that is edited as one. `id` is empty for a new one. */
export const saveFirewallSetAction = formAction(
  z.object({ id: z.string(), set: z.unknown() }),
  async ({ viewer, input, tx }) => {
    const set = validate(firewallSetCreateInput, input.set)
    if (input.id === '') return { id: (await createFirewallSet(viewer, set, tx)).id }
    return { id: (await updateFirewallSet(viewer, input.id, set, tx)).firewallSet.id }
  },
  (form) => ({
    id: String(form.get('id') ?? ''),
    set: {
      name: String(form.get('name') ?? '').trim(),
      description: String(form.get('description') ?? ''),
      rules: JSON.parse(String(form.get('rules') ?? '[]')),
    },
  }),
)

export const removeFirewallSetAction = formAction(
  z.object({ id: z.string() }),
  async ({ viewer, input, tx }) => {
    await removeFirewallSet(viewer, input.id, tx)
    return {}
  },
)
