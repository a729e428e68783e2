'use client'
import { Download, Pause, Play } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { Button } from '../../_ui/button.tsx'
import { matching } from './boot-log-text.ts'
import { LinkStatus } from './link-status.tsx'
import { LinkTrouble } from './link-trouble.tsx'
import { useBootLog } from './use-boot-log.ts'
import { useReconnectWhenReady } from './ve-console.tsx'

/** What the VE's init said and says: followed, paused, searched, taken home. */
export function VeBootLog({ veId, name, ready }: { veId: string; name: string; ready: boolean }) {
  const log = useBootLog(veId)
  const [search, setSearch] = useState('')
  /** What was there when it was paused; null while it is followed. */
  const [held, setHeld] = useState<readonly string[] | null>(null)
  useReconnectWhenReady(ready, log.state.at === 'ended', log.reconnect)
  const shown = matching(held ?? log.lines, search)
  return (
    <section
      aria-label={`Boot log of ${name}`}
      className="flex min-h-80 flex-1 flex-col overflow-hidden rounded-lg border border-line bg-surface-raised"
    >
      <div className="flex flex-wrap items-center gap-2 border-line border-b px-3 py-1.5">
        <div className="mr-auto text-sm">
          <LinkStatus state={log.state} />
        </div>
        <input
          type="search"
          aria-label="Search the log"
          placeholder="Search"
          value={search}
          onChange={(event) => setSearch(event.target.value)}
          className="h-8 w-44 rounded border border-line-control bg-surface px-2 text-sm"
        />
        <Button onClick={() => setHeld(held === null ? log.lines : null)} aria-pressed={held !== null}>
          {held === null ? (
            <Pause aria-hidden className="size-3.5" />
          ) : (
            <Play aria-hidden className="size-3.5" />
          )}
          {held === null ? 'Pause' : 'Follow'}
        </Button>
        <Button
          onClick={() => download(name, log.lines)}
          disabledReason={log.lines.length === 0 ? 'It is empty.' : null}
        >
          <Download aria-hidden className="size-3.5" />
          Download
        </Button>
      </div>
      <Lines lines={shown} follow={held === null} nothing={nothing(log.lines.length, search)} />
      <LinkTrouble state={log.state} kind="boot-log" onReconnect={log.reconnect} />
    </section>
  )
}

const nothing = (lines: number, search: string) =>
  lines > 0 && search.trim() !== '' ? `No line has “${search.trim()}”.` : 'Its init has said nothing yet.'

function Lines({ lines, follow, nothing }: { lines: readonly string[]; follow: boolean; nothing: string }) {
  const end = useRef<HTMLDivElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: new lines are what it follows
  useEffect(() => {
    const place = end.current
    if (follow && place) place.scrollTop = place.scrollHeight
  }, [follow, lines])
  return (
    <div
      ref={end}
      role="log"
      aria-label="Boot log"
      aria-live={follow ? 'polite' : 'off'}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so it has to be reached by keys
      tabIndex={0}
      className="min-h-0 flex-1 overflow-auto px-3 py-2 font-mono text-sm"
    >
      {lines.length === 0 ? (
        <p className="font-sans text-content-muted">{nothing}</p>
      ) : (
        <pre className="whitespace-pre-wrap break-words font-mono">{lines.join('\n')}</pre>
      )}
    </div>
  )
}

function download(name: string, lines: readonly string[]): void {
  const url = URL.createObjectURL(new Blob([`${lines.join('\n')}\n`], { type: 'text/plain' }))
  const link = document.createElement('a')
  link.href = url
  link.download = `${name}-boot.log`
  link.click()
  URL.revokeObjectURL(url)
}
