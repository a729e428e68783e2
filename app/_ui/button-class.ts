import { cx } from './cx.ts'

export type ButtonLook = 'primary' | 'secondary' | 'quiet' | 'danger'

const LOOK: Record<ButtonLook, string> = {
  primary: 'border-transparent bg-accent text-content-on-accent enabled:hover:bg-accent-strong',
  secondary: 'border-line-strong bg-surface-raised text-content hover:bg-surface-hover',
  quiet: 'border-transparent text-content-muted hover:bg-surface-hover hover:text-content',
  danger: 'border-transparent bg-danger-solid text-on-solid hover:brightness-110',
}

/** For buttons, and for links that look like one. */
export function buttonClass(look: ButtonLook = 'secondary', extra?: string): string {
  return cx(
    'inline-flex h-8 items-center justify-center gap-1.5 whitespace-nowrap rounded border px-3 font-medium text-sm',
    'aria-disabled:opacity-50 aria-disabled:hover:bg-transparent',
    LOOK[look],
    extra,
  )
}
