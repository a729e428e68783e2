'use client'
import '@xterm/xterm/css/xterm.css'
import { useEffect, useEffectEvent, useRef } from 'react'
import { Button } from '../../_ui/button.tsx'
import { Callout } from '../../_ui/callout.tsx'
import { ConsoleToolbar } from './console-toolbar.tsx'
import { LinkTrouble } from './link-trouble.tsx'
import { PhoneKeys } from './phone-keys.tsx'
import { useConsole } from './use-console.ts'

/** A root shell in a VE, as high as its place allows. */
export function VeConsole({ veId, name, ready }: { veId: string; name: string; ready: boolean }) {
  const place = useRef<HTMLDivElement>(null)
  const toolbar = useRef<HTMLButtonElement>(null)
  const shell = useConsole(veId, place, () => toolbar.current?.focus())
  useReconnectWhenReady(ready, shell.state.at === 'ended', shell.reconnect)
  return (
    <section
      aria-label={`Console of ${name}`}
      className="flex min-h-80 flex-1 flex-col overflow-hidden rounded-lg border border-line bg-surface-raised"
    >
      <ConsoleToolbar shell={shell} firstRef={toolbar} />
      {shell.warning !== null ? <IdleWarning seconds={shell.warning} onStay={shell.stay} /> : null}
      <div ref={place} className="min-h-0 flex-1 overflow-hidden py-1.5 pl-2 font-mono" />
      <LinkTrouble state={shell.state} onReconnect={shell.reconnect} />
      <PhoneKeys ctrl={shell.ctrl} onCtrl={shell.holdCtrl} onText={shell.input} />
      <p className="border-line border-t px-3 py-1 text-content-muted text-xs pointer-coarse:hidden">
        Ctrl+Shift+C copies, Ctrl+Shift+V pastes, Ctrl+Shift+↓ leaves the terminal.
      </p>
    </section>
  )
}

function IdleWarning({ seconds, onStay }: { seconds: number; onStay: () => void }) {
  return (
    <Callout tone="caution" role="alert">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p>Nobody has typed for a long time: the terminal is closed in {seconds} seconds.</p>
        <Button onClick={onStay}>Keep it open</Button>
      </div>
    </Callout>
  )
}

/** Once the VE runs again there is something to connect to. */
export function useReconnectWhenReady(ready: boolean, ended: boolean, reconnect: () => void): void {
  const before = useRef(ready)
  const connect = useEffectEvent(() => {
    if (ended) reconnect()
  })
  useEffect(() => {
    if (ready && !before.current) connect()
    before.current = ready
  }, [ready])
}
