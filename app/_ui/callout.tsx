import type { ReactNode } from 'react'
import { cx } from './cx.ts'
import type { Tone } from './tone.ts'

const LOOK: Record<Tone, string> = {
  neutral: 'border-line bg-surface-sunken',
  positive: 'border-positive-mark/40 bg-positive-quiet',
  caution: 'border-caution-mark/40 bg-caution-quiet',
  danger: 'border-danger-mark/40 bg-danger-quiet',
  busy: 'border-accent/30 bg-accent-quiet',
}

/** A remark in a box. `role` "alert" for what just went wrong, "status" for what just changed. */
export function Callout({
  tone = 'neutral',
  title,
  role,
  children,
}: {
  tone?: Tone
  title?: string
  role?: 'alert' | 'status'
  children?: ReactNode
}) {
  return (
    <div role={role} className={cx('wrap-long rounded border px-4 py-3', LOOK[tone])}>
      {title ? <p className="font-semibold">{title}</p> : null}
      {children}
    </div>
  )
}
