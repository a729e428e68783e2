/** Forms of quota inside a VE as the command wants them. */
import { Problem } from '@/lib/contract/problem.ts'
import { type Read, readBytes, readCount, readSeconds } from '../../_forms/amount-text.ts'
import { text } from '../../_forms/read-form.ts'

type Reader = (text: string) => Read

/** Each field, read; empty is null where that is allowed. Throws `invalid-input` with a sentence at every field that cannot be. */
function readFields(form: FormData, prefix: string, readers: Record<string, Reader>, mayBeEmpty: boolean) {
  const fields: Record<string, string> = {}
  const values = Object.entries(readers).map(([name, read]) => {
    const typed = text(form, `${prefix}.${name}`)
    if (mayBeEmpty && (typed === '' || typed.toLowerCase() === 'none')) return [name, null] as const
    const found = read(typed)
    if ('value' in found) return [name, found.value] as const
    fields[`${prefix}.${name}`] = found.wrong
    return [name, null] as const
  })
  const wrong = Object.keys(fields)
  if (wrong.length > 0) throw new Problem('invalid-input', `Not valid: ${wrong.join(', ')}.`, { fields })
  return Object.fromEntries(values)
}

const LIMITS = {
  softBytes: readBytes,
  hardBytes: readBytes,
  softInodes: readCount,
  hardInodes: readCount,
}

/** A number is an id, anything else a name. */
export function readOwnerForm(form: FormData) {
  const id = text(form, 'owner.id')
  return {
    veId: text(form, 'veId'),
    change: {
      kind: text(form, 'kind'),
      owner: {
        id: /^\d+$/.test(id) ? Number(id) : id,
        limits: readFields(form, 'owner.limits', LIMITS, true),
      },
    },
  }
}

export const readGraceForm = (form: FormData) => ({
  veId: text(form, 'veId'),
  change: {
    kind: text(form, 'kind'),
    grace: readFields(form, 'grace', { bytesSeconds: readSeconds, inodesSeconds: readSeconds }, false),
  },
})
