/** What a part of limits would change, in words. Pure. */
import { BEANCOUNTERS } from '@/lib/contract/beancounters.ts'
import { OTHER_BEANCOUNTERS, type VeLimits, type VeLimitsPart, withLimits } from '@/lib/contract/ve-limits.ts'
import { LIMIT_FIELD } from './limit-field.ts'
import {
  changedPart,
  fieldOfText,
  fieldsOf,
  PLAIN_LIMITS,
  pairName,
  plainName,
  SIDES,
  type Typed,
  typedOf,
} from './typed-limits.ts'

export type LimitChange = { field: string; label: string; from: string; to: string }

/** Nothing of what is so already. */
export function limitChanges(limits: VeLimits, part: VeLimitsPart): LimitChange[] {
  const fields = fieldsOf(changedPart(limits, part))
  const [from, to] = [typedOf(limits), typedOf(withLimits(limits, part))]
  const plain = PLAIN_LIMITS.filter((field) => fields.includes(field)).map((field) => {
    const { label, empty } = LIMIT_FIELD[field]
    const words = (typed: Typed) => typed[plainName(field)] || (empty?.word ?? '')
    return { field, label, from: words(from), to: words(to) }
  })
  const pairs = OTHER_BEANCOUNTERS.filter((name) => fields.includes(`beancounters.${name}`)).map((name) => {
    const words = (typed: Typed) => {
      const [barrier, limit] = SIDES.map((side) => typed[`${pairName(name)}.${side}`] || 'unlimited')
      if (BEANCOUNTERS[name].pair === 'guarantee') return barrier ?? ''
      return barrier === limit ? (limit ?? '') : `${barrier} : ${limit}`
    }
    return {
      field: `beancounters.${name}`,
      label: BEANCOUNTERS[name].label,
      from: words(from),
      to: words(to),
    }
  })
  return [...plain, ...pairs]
}

/** The change as a form would send it. */
export function typedChange(limits: VeLimits, part: VeLimitsPart): Typed {
  const fields = fieldsOf(changedPart(limits, part))
  return Object.fromEntries(
    Object.entries(typedOf(withLimits(limits, part))).filter(([name]) => fields.includes(fieldOfText(name))),
  )
}
