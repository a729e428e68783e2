'use client'
import { useSyncExternalStore } from 'react'
import { formatAge, formatDuration } from './format-time.ts'

/** One clock for all stamps of a page, ticking each second while anyone looks. */
let now = Date.now()
let timer: ReturnType<typeof setInterval> | undefined
const watchers = new Set<() => void>()

function watchClock(changed: () => void): () => void {
  watchers.add(changed)
  now = Date.now()
  timer ??= setInterval(() => {
    now = Date.now()
    for (const watcher of watchers) watcher()
  }, 1000)
  return () => {
    watchers.delete(changed)
    if (watchers.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

const useNow = () => useSyncExternalStore(watchClock, () => now, Date.now)

/** "12 s ago", counting. `at` is ISO 8601. */
export function Age({ at }: { at: string }) {
  const age = useNow() - Date.parse(at)
  return (
    <time dateTime={at} title={at} suppressHydrationWarning className="whitespace-nowrap">
      {formatAge(age)}
    </time>
  )
}

/** How long something has been going on, counting: "12.0 s". */
export function Elapsed({ since }: { since: string }) {
  const elapsed = Math.floor((useNow() - Date.parse(since)) / 1000) * 1000
  return (
    <span suppressHydrationWarning className="whitespace-nowrap">
      {elapsed < 60_000 ? `${Math.max(0, elapsed / 1000)} s` : formatDuration(elapsed)}
    </span>
  )
}
