'use client'
import { type ReactNode, useEffect, useId, useRef } from 'react'

/**
 * A modal dialog on the browser's own <dialog>: focus stays inside, Escape closes it, focus goes back where it was.
 * Its content exists only while it is open, so that a form in it always starts fresh.
 */
export function Dialog({
  open,
  onClose,
  title,
  children,
}: {
  open: boolean
  onClose: () => void
  title: string
  children: ReactNode
}) {
  const ref = useRef<HTMLDialogElement>(null)
  const titleId = useId()
  useEffect(() => {
    if (open && !ref.current?.open) ref.current?.showModal()
    if (!open && ref.current?.open) ref.current.close()
  }, [open])
  return (
    <dialog
      ref={ref}
      aria-labelledby={titleId}
      onClose={onClose}
      className="m-auto w-[min(30rem,calc(100vw-2rem))] rounded-lg bg-surface-raised p-0 text-left text-content shadow-overlay"
    >
      {open ? (
        <div className="p-5">
          <h2 id={titleId} className="wrap-long mb-2 font-semibold text-lg">
            {title}
          </h2>
          {children}
        </div>
      ) : null}
    </dialog>
  )
}
