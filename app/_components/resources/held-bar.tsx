import type { BeancounterPair, PairRule } from '@/lib/contract/beancounters.ts'
import { cx } from '../../_ui/cx.ts'
import { fillTone, type MeterTone } from '../../_ui/meter.tsx'

const FILL: Record<MeterTone, string> = {
  accent: 'bg-accent',
  caution: 'bg-caution-mark',
  danger: 'bg-danger-mark',
}

/** What is held against the limit, with a stroke where the barrier is. Nothing where neither bounds it. */
export function HeldBar({
  label,
  text,
  held,
  pair: { barrier, limit },
  rule,
}: {
  label: string
  text: string
  held: number
  pair: BeancounterPair
  rule: PairRule
}) {
  const promise = rule === 'guarantee'
  const end = promise ? barrier : limit
  if (end === null || end === 0) return null
  const share = Math.min(1, held / end)
  const stroke = !promise && barrier !== null && barrier > 0 && barrier < end ? barrier / end : null
  const beyond = stroke !== null && share >= stroke
  const tone = promise ? 'accent' : beyond ? 'danger' : fillTone(share)
  return (
    // biome-ignore lint/a11y/useSemanticElements: a meter element cannot be styled alike in all browsers
    <div
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={end}
      aria-valuenow={Math.min(held, end)}
      aria-valuetext={text}
      className="relative mt-1 h-1.5 max-w-40 rounded-full bg-surface-selected"
    >
      <div className={cx('h-full rounded-full', FILL[tone])} style={{ width: `${share * 100}%` }} />
      {stroke === null ? null : (
        <div className="absolute -inset-y-0.5 w-px bg-content" style={{ left: `${stroke * 100}%` }} />
      )}
    </div>
  )
}
