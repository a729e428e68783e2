import { type ReactNode, useId } from 'react'
import { cx } from './cx.ts'

/** A titled part of a page. */
export function Section({
  title,
  aside,
  children,
  className,
  flush = false,
}: {
  title: string
  aside?: ReactNode
  children: ReactNode
  className?: string
  /** Without inner padding, for tables and logs. */
  flush?: boolean
}) {
  const id = useId()
  return (
    <section
      aria-labelledby={id}
      className={cx('min-w-0 rounded-lg border border-line bg-surface-raised', className)}
    >
      <div className="flex min-h-10 flex-wrap items-center justify-between gap-x-3 gap-y-1 border-line border-b px-4 py-1.5">
        <h2 id={id} className="wrap-long font-semibold text-base">
          {title}
        </h2>
        {aside ? <div className="wrap-long text-content-muted text-sm">{aside}</div> : null}
      </div>
      <div className={flush ? 'overflow-x-auto' : 'p-4'}>{children}</div>
    </section>
  )
}
