'use client'
import Link from 'next/link'
import { useEffect, useState } from 'react'
import { listenLive } from '../live/live-stream.ts'
import { runningOperationsUrl } from '../live/urls.ts'

export type RunningOperations = { items: { id: string; title: string; href: string }[]; total: number }

/** A busy fleet tells of operations many times a second; this list needs to know once. */
const GATHER_MS = 400

/** What is going on right now, whatever page one is on. */
export function RunningOperationsTray({ initial }: { initial: RunningOperations }) {
  const [running, setRunning] = useState(initial)
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    async function read() {
      timer = undefined
      const answer = await fetch(runningOperationsUrl).catch(() => null)
      if (answer?.ok) setRunning((await answer.json()) as RunningOperations)
    }
    const stop = listenLive((event) => {
      if (event === null || event.topic === 'operation') timer ??= setTimeout(() => void read(), GATHER_MS)
    })
    return () => {
      stop()
      clearTimeout(timer)
    }
  }, [])
  if (running.total === 0) return null
  return (
    <section aria-label="Running operations" className="max-md:hidden">
      <h2 className="px-2.5 text-content-muted text-xs">Running: {running.total}</h2>
      <ul>
        {running.items.map((operation) => (
          <li key={operation.id}>
            <Link
              href={operation.href}
              prefetch={false}
              className="flex items-center gap-2 rounded px-2.5 py-1 text-sm hover:bg-surface-hover"
            >
              <span aria-hidden className="breathing size-1.5 shrink-0 rounded-full bg-accent" />
              <span className="truncate">{operation.title}</span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  )
}
