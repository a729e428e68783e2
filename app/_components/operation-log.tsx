'use client'
import { useEffect, useEffectEvent, useLayoutEffect, useRef, useState } from 'react'
import type { OperationLog as LogAnswer, OperationLogLine } from '@/lib/operations/queries.ts'
import { listenLive } from './live-stream.ts'
import { operationLogUrl } from './urls.ts'

/** Beyond this the oldest lines leave the screen: the newest say what is going on. */
const KEPT_LINES = 5_000
const NEAR_BOTTOM_PX = 24
const GATHER_MS = 20

const clock = (at: string) => new Date(at).toLocaleTimeString('en-GB', { hour12: false })

/** The lines so far, and a way to read those after the last. Only one reading at a time; each asks for new lines only. */
function useLogLines(operationId: string) {
  const [lines, setLines] = useState<OperationLogLine[] | null>(null)
  const [lost, setLost] = useState(false)
  const last = useRef(0)
  const reading = useRef(false)
  const more = useRef(false)

  async function readOnce(): Promise<boolean> {
    const answer = await fetch(operationLogUrl(operationId, String(last.current))).catch(() => null)
    setLost(!answer?.ok)
    if (!answer?.ok) return false
    const log = (await answer.json()) as LogAnswer
    last.current = log.items.at(-1)?.id ?? last.current
    setLines((before) => [...(before ?? []), ...log.items].slice(-KEPT_LINES))
    return log.next !== null
  }
  async function read() {
    more.current = true
    if (reading.current) return
    reading.current = true
    while (more.current) {
      more.current = false
      if (await readOnce()) more.current = true
    }
    reading.current = false
  }
  return { lines, lost, read }
}

/** The log of an operation, following it while it runs; it stays where it is once the reader scrolls up. */
export function OperationLog({ operationId }: { operationId: string }) {
  const { lines, lost, read } = useLogLines(operationId)
  const box = useRef<HTMLDivElement>(null)
  const follow = useRef(true)
  const readNew = useEffectEvent(() => void read())

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    readNew()
    const stop = listenLive((event) => {
      if (event !== null && event.id !== operationId) return
      timer ??= setTimeout(() => {
        timer = undefined
        readNew()
      }, GATHER_MS)
    })
    return () => {
      stop()
      clearTimeout(timer)
    }
  }, [operationId])
  // biome-ignore lint/correctness/useExhaustiveDependencies: new lines are what moves the view
  useLayoutEffect(() => {
    if (follow.current && box.current) box.current.scrollTop = box.current.scrollHeight
  }, [lines])

  function scrolled() {
    const { scrollHeight, scrollTop, clientHeight } = box.current ?? {
      scrollHeight: 0,
      scrollTop: 0,
      clientHeight: 0,
    }
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
      className="max-h-112 overflow-auto bg-surface-sunken px-4 py-3 font-mono text-sm"
    >
      {lines?.length === 0 ? <p className="text-content-muted">Nothing has been logged yet.</p> : null}
      {lines?.map((line) => (
        <p key={line.id} className="flex gap-3 whitespace-pre-wrap">
          <span className="shrink-0 select-none text-content-faint">{clock(line.at)}</span>
          <span className="wrap-long">{line.line}</span>
        </p>
      ))}
      {lost ? (
        <p className="text-caution">The log cannot be read now; it is tried again with the next event.</p>
      ) : null}
    </div>
  )
}
