'use client'
import { useLayoutEffect, useRef } from 'react'
import type { OperationLogLine } from '@/lib/operations/queries.ts'

const NEAR_BOTTOM_PX = 24

const clock = (at: string) => new Date(at).toLocaleTimeString('en-GB', { hour12: false })

/** The log of an operation. It follows the newest line until the reader scrolls up. `lines` null: not read yet. */
export function OperationLog({ lines, lost }: { lines: readonly OperationLogLine[] | null; lost: boolean }) {
  const box = useRef<HTMLDivElement>(null)
  const follow = useRef(true)
  // biome-ignore lint/correctness/useExhaustiveDependencies: new lines are what moves the view
  useLayoutEffect(() => {
    if (follow.current && box.current) box.current.scrollTop = box.current.scrollHeight
  }, [lines])
  function scrolled() {
    if (!box.current) return
    const { scrollHeight, scrollTop, clientHeight } = box.current
    follow.current = scrollHeight - scrollTop - clientHeight < NEAR_BOTTOM_PX
  }
  return (
    <div
      ref={box}
      role="log"
      aria-label="Log"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reachable by keyboard
      tabIndex={0}
      onScroll={scrolled}
      className="max-h-112 min-h-12 overflow-auto bg-surface-sunken px-4 py-3 font-mono text-sm"
    >
      {lines?.length === 0 ? <p className="text-content-muted">Nothing has been logged yet.</p> : null}
      {lines?.map((line) => (
        <p key={line.id} className="flex gap-3 whitespace-pre-wrap">
          <span className="shrink-0 select-none text-content-faint">{clock(line.at)}</span>
          <span className="wrap-long">{line.line}</span>
        </p>
      ))}
      {lost ? (
        <p className="text-caution">This cannot be read now; it is tried again with the next event.</p>
      ) : null}
    </div>
  )
}
