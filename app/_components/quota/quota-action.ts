'use server'
import * as z from 'zod/mini'
import { formAction } from '@/lib/http/action.ts'
import { validate } from '@/lib/http/validate.ts'
import { readQuota, setQuota } from '@/lib/quota/commands.ts'
import { quotaChange } from '@/lib/quota/input.ts'
import { readGraceForm, readOwnerForm } from './quota-read.ts'

/** Judged apart from the VE's id, so that what is wrong is told by the names that the fields have. */
const change = z.object({ veId: z.string(), change: z.unknown() })

const setting = (read: (form: FormData) => unknown) =>
  formAction(
    change,
    ({ viewer, input, tx }) => setQuota(viewer, input.veId, validate(quotaChange, input.change), tx),
    read,
  )

export const setOwnerAction = setting(readOwnerForm)
export const setGraceAction = setting(readGraceForm)

export const readQuotaAction = formAction(z.object({ veId: z.string() }), ({ viewer, input, tx }) =>
  readQuota(viewer, input.veId, tx),
)
