'use client'
import { useEffect, useEffectEvent, useRef, useState } from 'react'
import type { OperationLogLine } from '@/lib/operations/queries.ts'
import { listenLive } from '../live/live-stream.ts'
import { operationLiveUrl } from '../live/urls.ts'
import type { OperationNews } from './operation-news.ts'

/** Beyond this the oldest lines leave the screen: the newest say what is going on. */
const KEPT_LINES = 5_000
/** A step, its log line and its operation are told of within a few milliseconds: one reading for all. */
const GATHER_MS = 8

/**
 * Follows an operation: a small reading with each event, of the steps and of new log lines only. That is several times
 * cheaper than rendering the page anew, so a step is on screen while it is still news.
 */
export function useOperationNews(operationId: string, initial: OperationNews['steps']) {
  const [steps, setSteps] = useState(initial)
  const [lines, setLines] = useState<OperationLogLine[] | null>(null)
  const [lost, setLost] = useState(false)
  const last = useRef(0)
  const reading = useRef(false)
  const more = useRef(false)

  async function readOnce(): Promise<boolean> {
    const answer = await fetch(operationLiveUrl(operationId, last.current)).catch(() => null)
    setLost(!answer?.ok)
    if (!answer?.ok) return false
    const { steps, log } = (await answer.json()) as OperationNews
    last.current = log.items.at(-1)?.id ?? last.current
    setSteps(steps)
    setLines((before) => [...(before ?? []), ...log.items].slice(-KEPT_LINES))
    return log.next !== null
  }
  const read = useEffectEvent(async () => {
    more.current = true
    if (reading.current) return
    reading.current = true
    while (more.current) {
      more.current = false
      if (await readOnce()) more.current = true
    }
    reading.current = false
  })
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    void read()
    const stop = listenLive((event) => {
      if (event !== null && event.id !== operationId) return
      timer ??= setTimeout(() => {
        timer = undefined
        void read()
      }, GATHER_MS)
    })
    return () => {
      stop()
      clearTimeout(timer)
    }
  }, [operationId])
  return { steps, lines, lost }
}
