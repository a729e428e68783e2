'use server'
import * as z from 'zod/mini'
import { createAddressPool, removeAddressPool, updateAddressPool } from '@/lib/addresses/commands.ts'
import { addressPoolCreateInput, addressPoolUpdateInput } from '@/lib/addresses/resource.ts'
import { formAction } from '@/lib/http/action.ts'
import { validate } from '@/lib/http/validate.ts'
import { readPool, readPoolChange } from './pool-read.ts'

export const createPoolAction = formAction(
  addressPoolCreateInput,
  async ({ viewer, input, tx }) => {
    const { id } = await createAddressPool(viewer, input, tx)
    return { id }
  },
  readPool,
)

export const updatePoolAction = formAction(
  z.object({ id: z.string(), change: z.unknown() }),
  async ({ viewer, input, tx }) => {
    const { id } = await updateAddressPool(
      viewer,
      input.id,
      validate(addressPoolUpdateInput, input.change),
      tx,
    )
    return { id }
  },
  readPoolChange,
)

export const removePoolAction = formAction(z.object({ id: z.string() }), async ({ viewer, input, tx }) => {
  await removeAddressPool(viewer, input.id, tx)
  return {}
})
