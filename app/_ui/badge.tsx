import type { ReactNode } from 'react'
import { cx } from './cx.ts'
import type { Tone } from './tone.ts'

const DOT: Record<Tone, string> = {
  neutral: 'bg-content-faint',
  positive: 'bg-positive-mark',
  caution: 'bg-caution-mark',
  danger: 'bg-danger-mark',
  busy: 'bg-accent breathing',
}
const TEXT: Record<Tone, string> = {
  neutral: 'text-content-muted',
  positive: 'text-positive',
  caution: 'text-caution',
  danger: 'text-danger',
  busy: 'text-accent',
}

/** A state: a dot and its word. The word says it all; the colour only helps to find it. */
export function StateBadge({ tone, children }: { tone: Tone; children: ReactNode }) {
  return (
    <span className={cx('inline-flex items-center gap-1.5 whitespace-nowrap', TEXT[tone])}>
      <span aria-hidden className={cx('size-2 shrink-0 rounded-full', DOT[tone])} />
      {children}
    </span>
  )
}

/** A fact beside a name, such as "simulated". */
export function Tag({ children, title }: { children: ReactNode; title?: string }) {
  return (
    <span
      title={title}
      className="inline-block whitespace-nowrap rounded-sm border border-line-strong border-dashed px-1.5 align-[1px] text-content-muted text-xs"
    >
      {children}
    </span>
  )
}
