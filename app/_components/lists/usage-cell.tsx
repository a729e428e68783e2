import { cx } from '../../_ui/cx.ts'
import { fillTone, type MeterTone } from '../../_ui/meter.tsx'

const FILL: Record<MeterTone, string> = {
  accent: 'bg-accent',
  caution: 'bg-caution-mark',
  danger: 'bg-danger-mark',
}

/** A bar in a table's cell: how much of how much, and a line to see it by. */
export function UsageCell({
  label,
  value,
  max,
  text,
}: {
  label: string
  value: number | null
  max: number | null
  text: (amount: number) => string
}) {
  if (value === null || max === null || max <= 0) return <span className="text-content-faint">–</span>
  const share = Math.min(1, Math.max(0, value / max))
  const words = `${text(value)} of ${text(max)}`
  return (
    // biome-ignore lint/a11y/useSemanticElements: a meter element cannot be styled alike in all browsers
    <div
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={max}
      aria-valuenow={Math.min(value, max)}
      aria-valuetext={words}
      className="max-w-40"
    >
      <span className="whitespace-nowrap text-sm">{words}</span>
      <div className="mt-0.5 h-1 overflow-hidden rounded-full bg-surface-selected">
        <div className={cx('h-full', FILL[fillTone(share)])} style={{ width: `${share * 100}%` }} />
      </div>
    </div>
  )
}
