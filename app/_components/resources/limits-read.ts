/** Forms of limits as the command wants them. */
import { Problem } from '@/lib/contract/problem.ts'
import type { VeLimitsPart } from '@/lib/contract/ve-limits.ts'
import { text } from '../../_forms/read-form.ts'
import { readLimits, typedOfForm } from './typed-limits.ts'

/** Throws `invalid-input` with a sentence at every field that cannot be read. */
export function readLimitFields(form: FormData): VeLimitsPart {
  const { part, wrong } = readLimits(typedOfForm(form))
  const names = Object.keys(wrong)
  if (names.length > 0)
    throw new Problem('invalid-input', `Not valid: ${names.join(', ')}.`, { fields: wrong })
  return part
}

export const readLimitsForm = (form: FormData) => ({
  veId: text(form, 'veId'),
  change: { limits: readLimitFields(form) },
})
