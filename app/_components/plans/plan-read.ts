import { text } from '../../_forms/read-form.ts'
import { readLimitFields } from '../resources/limits-read.ts'

/** The form of a plan, or of a new version of one, as the commands want it: all limits, whatever they were before. */
export function readPlanForm(form: FormData) {
  const id = text(form, 'id')
  const naming = id === '' ? { name: text(form, 'name'), description: text(form, 'description') } : {}
  return { id, plan: { ...naming, note: text(form, 'note'), limits: readLimitFields(form) } }
}
