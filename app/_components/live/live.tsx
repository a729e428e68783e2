'use client'
import { useRouter } from 'next/navigation'
import { useEffect, useEffectEvent, useRef, useTransition } from 'react'
import type { CorralEvent } from '@/lib/events/event.ts'
import { listenLive } from './live-stream.ts'

/** Bursts come as one: a step, its operation and its VE are told of within a few milliseconds. */
const GATHER_MS = 8
/** Between two refreshes of one page. */
const REST_MS = 20

type Interest = {
  topics: readonly CorralEvent['topic'][]
  /** Only events of, or about, these. Without it: all of the topics. */
  ids?: readonly string[]
}

function concerns(event: CorralEvent, { topics, ids }: Interest): boolean {
  if (ids === undefined) return topics.includes(event.topic)
  const named = [event.id, ...(event.about ?? [])]
  return topics.includes(event.topic) && ids.some((id) => named.includes(id))
}

/**
 * Keeps the page it stands on true: renders it anew on the server when something it shows has changed. A greater
 * `gatherMs` is for a page whose liveliest part reads its own news.
 */
export function Live({ topics, ids, gatherMs = GATHER_MS }: Interest & { gatherMs?: number }) {
  const router = useRouter()
  const [refreshing, startRefresh] = useTransition()
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const again = useRef(false)

  const refresh = useEffectEvent(() => {
    timer.current = undefined
    if (refreshing) again.current = true
    else startRefresh(() => router.refresh())
  })
  const hear = useEffectEvent((event: CorralEvent | null) => {
    if (event !== null && !concerns(event, { topics, ids })) return
    timer.current ??= setTimeout(() => refresh(), gatherMs)
  })

  useEffect(() => {
    const stop = listenLive((event) => hear(event))
    return () => {
      stop()
      clearTimeout(timer.current)
      timer.current = undefined
    }
  }, [])
  useEffect(() => {
    if (refreshing || !again.current) return
    again.current = false
    timer.current ??= setTimeout(() => refresh(), REST_MS)
  }, [refreshing])
  return null
}
