/** Commercial suspension: why a VE may be kept from running, apart from whether it was stopped. Browser-safe. */
import * as z from 'zod/mini'

export const SUSPEND_REASON = {
  payment: { label: 'Payment', hint: 'An invoice is not paid.' },
  abuse: { label: 'Abuse', hint: 'It sent spam, attacked others, or broke the terms of use.' },
  traffic: { label: 'Traffic', hint: 'It used up its traffic for the month.' },
  request: { label: 'Request', hint: 'Its owner asked for it.' },
  other: { label: 'Other', hint: 'The note says why.' },
} as const satisfies Record<string, { label: string; hint: string }>
export type SuspendReason = keyof typeof SUSPEND_REASON
export const SUSPEND_REASONS = Object.keys(SUSPEND_REASON) as [SuspendReason, ...SuspendReason[]]

export const veSuspendInput = z.object({
  reason: z.enum(SUSPEND_REASONS),
  note: z.optional(z.string().check(z.trim(), z.maxLength(500, 'At most 500 characters.'))),
})
export type VeSuspendInput = z.infer<typeof veSuspendInput>
