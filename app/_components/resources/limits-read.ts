/** Forms of limits as the command wants them. */
import { Problem } from '@/lib/contract/problem.ts'
import type { VeLimitsPart } from '@/lib/contract/ve-limits.ts'
import { text } from '../../_forms/read-form.ts'
import { readLimits, typedOfForm, withoutOthers } from './typed-limits.ts'

/** Throws `invalid-input` with a sentence at every field that cannot be read. */
export function readLimitFields(form: FormData): VeLimitsPart {
  const { part, wrong } = readLimits(typedOfForm(form))
  const names = Object.keys(wrong)
  if (names.length > 0)
    throw new Problem('invalid-input', `Not valid: ${names.join(', ')}.`, { fields: wrong })
  return part
}

/** The name of a field that lists, separated by spaces, which limits of the form were changed: the others are left out. */
export const LIMITS_GIVEN = 'limitsGiven'

export function readGivenLimits(form: FormData): VeLimitsPart {
  return readLimitFields(
    form.has(LIMITS_GIVEN) ? withoutOthers(form, text(form, LIMITS_GIVEN).split(' ')) : form,
  )
}

export const readLimitsForm = (form: FormData) => ({
  veId: text(form, 'veId'),
  change: { limits: readLimitFields(form) },
})
