'use client'
import { useEffect, useState } from 'react'
import { isLive } from '@/lib/operations/definition.ts'
import type { OperationResource } from '@/lib/operations/resource.ts'
import { listenLive } from '../live/live-stream.ts'
import { operationLiveUrl } from '../live/urls.ts'
import type { OperationNews } from './operation-news.ts'

export type OperationEnd = Pick<OperationResource, 'id' | 'status' | 'problem'>

/** How an operation that a form asked for ended; null as long as it goes on, or none was asked for. */
export function useOperationEnd(operationId: string | null): OperationEnd | null {
  const [end, setEnd] = useState<OperationEnd | null>(null)
  useEffect(() => {
    if (operationId === null) return
    let over = false
    const read = async () => {
      const answer = await fetch(operationLiveUrl(operationId, 0)).catch(() => null)
      if (over || !answer?.ok) return
      const { status, problem } = (await answer.json()) as OperationNews
      if (over || isLive(status)) return
      over = true
      setEnd({ id: operationId, status, problem })
    }
    const stop = listenLive((event) => {
      if (!over && (event === null || event.id === operationId)) void read()
    })
    void read()
    return () => {
      over = true
      stop()
    }
  }, [operationId])
  return end?.id === operationId ? end : null
}
