import { cx } from './cx.ts'

export type ButtonLook = 'primary' | 'secondary' | 'quiet' | 'danger'

const LOOK: Record<ButtonLook, string> = {
  primary: 'border-transparent bg-accent text-content-on-accent not-aria-disabled:hover:bg-accent-strong',
  secondary: 'border-line-control bg-surface-raised text-content not-aria-disabled:hover:bg-surface-hover',
  quiet:
    'border-transparent text-content-muted not-aria-disabled:hover:bg-surface-hover not-aria-disabled:hover:text-content',
  danger: 'border-transparent bg-danger-solid text-on-solid not-aria-disabled:hover:brightness-110',
}

/** For buttons, and for links that look like one. */
export function buttonClass(look: ButtonLook = 'secondary', extra?: string): string {
  return cx(
    'inline-flex h-8 items-center justify-center gap-1.5 whitespace-nowrap rounded border px-3 font-medium text-sm',
    'aria-disabled:opacity-55',
    LOOK[look],
    extra,
  )
}
