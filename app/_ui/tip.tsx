'use client'
import { type KeyboardEvent, type ReactNode, useId, useRef } from 'react'

const EDGE = 8

/**
 * A word with an explanation that shows under the pointer, by keyboard while it has the focus, and by touch. It is in the browser's
 * top layer: no box that scrolls cuts it off.
 */
export function Tip({ text, children }: { text: ReactNode; children: ReactNode }) {
  const id = useId()
  const word = useRef<HTMLButtonElement>(null)
  const bubble = useRef<HTMLSpanElement>(null)
  function show() {
    const [at, box] = [word.current?.getBoundingClientRect(), bubble.current]
    if (!at || !box || box.matches(':popover-open')) return
    box.showPopover()
    const { width, height } = box.getBoundingClientRect()
    const below = at.bottom + height + EDGE <= window.innerHeight
    box.style.left = `${Math.max(EDGE, Math.min(at.left, window.innerWidth - width - EDGE))}px`
    box.style.top = `${below ? at.bottom : at.top - height}px`
  }
  function hide() {
    if (bubble.current?.matches(':popover-open')) bubble.current.hidePopover()
  }
  function hideOnEscape(event: KeyboardEvent) {
    if (event.key === 'Escape') hide()
  }
  return (
    <span className="inline-block" onPointerEnter={show} onPointerLeave={hide}>
      <button
        ref={word}
        type="button"
        aria-describedby={id}
        onFocus={show}
        onBlur={hide}
        onClick={show}
        onKeyDown={hideOnEscape}
        className="border-line-control border-b border-dotted text-left"
      >
        {children}
      </button>
      <span
        ref={bubble}
        id={id}
        role="tooltip"
        popover="manual"
        className="wrap-long fixed inset-auto m-0 max-w-80 whitespace-normal rounded bg-surface-raised px-3 py-2 text-left font-normal text-content text-sm shadow-overlay"
      >
        {text}
      </span>
    </span>
  )
}
