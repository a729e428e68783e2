'use server'
import { formAction } from '@/lib/http/action.ts'
import { createVe } from '@/lib/ves/create.ts'
import { veCreateInput } from '@/lib/ves/resource.ts'
import { readVeForm } from './read.ts'

export const createVeAction = formAction(
  veCreateInput,
  async ({ viewer, input, tx }) => {
    const { ve } = await createVe(viewer, input, tx)
    return { veId: ve.id }
  },
  readVeForm,
)
