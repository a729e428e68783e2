/** A part of limits as the form of limits would send it. Pure. */
import { type VeLimits, type VeLimitsPart, withLimits } from '@/lib/contract/ve-limits.ts'
import { changedPart, fieldOfText, fieldsOf, type Typed, typedOf } from './typed-limits.ts'

/** Without what is so already. */
export function typedChange(limits: VeLimits, part: VeLimitsPart): Typed {
  const fields = fieldsOf(changedPart(limits, part))
  return Object.fromEntries(
    Object.entries(typedOf(withLimits(limits, part))).filter(([name]) => fields.includes(fieldOfText(name))),
  )
}
