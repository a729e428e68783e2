'use server'
import { createAddressPool } from '@/lib/addresses/commands.ts'
import { addressPoolCreateInput } from '@/lib/addresses/resource.ts'
import { formAction } from '@/lib/http/action.ts'

export const createPoolAction = formAction(
  addressPoolCreateInput,
  async ({ viewer, input, tx }) => {
    const { id } = await createAddressPool(viewer, input, tx)
    return { id }
  },
  (form) => {
    const given = (name: string) => String(form.get(name) ?? '').trim() || undefined
    return {
      name: given('name') ?? '',
      cidr: given('cidr') ?? '',
      first: given('first'),
      last: given('last'),
    }
  },
)
