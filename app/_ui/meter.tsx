import { cx } from './cx.ts'

export type MeterTone = 'accent' | 'caution' | 'danger'
const FILL: Record<MeterTone, string> = {
  accent: 'bg-accent',
  caution: 'bg-caution-mark',
  danger: 'bg-danger-mark',
}

/** How full something is turns its colour: from 75 % caution, from 90 % danger. */
export function fillTone(fraction: number): MeterTone {
  if (fraction >= 0.9) return 'danger'
  return fraction >= 0.75 ? 'caution' : 'accent'
}

/**
 * A bar for a measured quantity. `value` and `max` in the same unit; `text` says them in words beside the bar and to
 * screen readers. `promised` draws a second, hollow bar behind: what has been promised, used or not.
 */
export function Meter({
  label,
  value,
  max,
  text,
  promised,
  tone,
}: {
  label: string
  value: number
  max: number
  text: string
  promised?: number
  /** Instead of the one that tells how full it is. */
  tone?: MeterTone
}) {
  const share = (amount: number) => (max > 0 ? Math.min(1, Math.max(0, amount / max)) : 0)
  return (
    <div className="min-w-0">
      <div className="mb-1 flex flex-wrap justify-between gap-x-3 text-sm">
        <span className="text-content-muted">{label}</span>
        <span>{text}</span>
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: a meter element cannot be styled alike in all browsers */}
      <div
        role="meter"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={max}
        aria-valuenow={Math.min(value, max)}
        aria-valuetext={text}
        className="relative h-1.5 overflow-hidden rounded-full bg-surface-selected"
      >
        {promised === undefined ? null : (
          <div
            className="absolute inset-y-0 left-0 bg-line-strong"
            style={{ width: `${share(promised) * 100}%` }}
          />
        )}
        <div
          className={cx('absolute inset-y-0 left-0 rounded-full', FILL[tone ?? fillTone(share(value))])}
          style={{ width: `${share(value) * 100}%` }}
        />
      </div>
    </div>
  )
}
