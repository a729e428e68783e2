'use client'
import { useEffect, useSyncExternalStore } from 'react'
import { cx } from '../../_ui/cx.ts'
import { type LiveState, listenLive, liveState, watchLiveState } from './live-stream.ts'

const LOOK: Record<LiveState, { text: string; dot: string }> = {
  connecting: { text: 'Connecting', dot: 'bg-content-faint' },
  live: { text: 'Live', dot: 'bg-positive-mark' },
  polling: { text: 'Reconnecting; asking now and then', dot: 'bg-caution-mark' },
}

/** Holds the stream open while the panel is, and says whether what is on screen follows the fleet. */
export function LiveStatus() {
  const state = useSyncExternalStore(watchLiveState, liveState, () => 'connecting' as const)
  useEffect(() => listenLive(() => {}), [])
  const { text, dot } = LOOK[state]
  return (
    <p role="status" className="flex items-center gap-2 text-content-muted text-xs">
      <span aria-hidden className={cx('size-1.5 shrink-0 rounded-full', dot)} />
      {text}
    </p>
  )
}
