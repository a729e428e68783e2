import type { ReactNode } from 'react'

/** Top of every page: where we are, its name, its state, what can be done. */
export function PageHeader({
  trail,
  title,
  state,
  actions,
  note,
}: {
  /** Links up, such as to the list. */
  trail?: ReactNode
  title: string
  state?: ReactNode
  actions?: ReactNode
  note?: ReactNode
}) {
  return (
    <header className="mb-5">
      {trail ? (
        <nav aria-label="Breadcrumb" className="wrap-long mb-1 text-content-muted text-sm">
          {trail}
        </nav>
      ) : null}
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <h1 className="wrap-long font-semibold text-xl">{title}</h1>
        {state}
        {actions ? <div className="flex flex-wrap gap-2 sm:ml-auto">{actions}</div> : null}
      </div>
      {note ? <div className="wrap-long mt-1 max-w-[72ch] text-content-muted">{note}</div> : null}
    </header>
  )
}
