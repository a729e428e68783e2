'use client'
import { type RefObject, useEffect, useEffectEvent, useRef, useState } from 'react'
import type { Screen } from './screen.ts'
import { type LinkState, TerminalLink } from './terminal-link.ts'
import {
  readTerminalSettings,
  recallShell,
  rememberShell,
  storeTerminalSettings,
  type TerminalSettings,
} from './terminal-settings.ts'

const control = (letter: string) => String.fromCharCode(letter.toUpperCase().charCodeAt(0) & 0x1f)

export type Console = {
  state: LinkState
  /** Seconds until it ends for want of typing. */
  warning: number | null
  settings: TerminalSettings | null
  change(settings: Partial<TerminalSettings>): void
  /** The next letter goes with Ctrl, for keyboards that have none. */
  ctrl: boolean
  holdCtrl(on: boolean): void
  input(text: string): void
  reconnect(): void
  end(): void
  stay(): void
  copy(): Promise<boolean>
  paste(): Promise<boolean>
}

/** A shell of the VE on the screen in `place`, for as long as the page shows it. `onLeave`: the keyboard wants out. */
export function useConsole(veId: string, place: RefObject<HTMLElement | null>, onLeave: () => void): Console {
  const [state, setState] = useState<LinkState>({ at: 'opening' })
  const [warning, setWarning] = useState<number | null>(null)
  const [settings, setSettings] = useState<TerminalSettings | null>(null)
  const [ctrl, setCtrl] = useState(false)
  const held = useRef(false)
  const live = useRef<{ screen: Screen; link: TerminalLink } | null>(null)
  const leave = useEffectEvent(onLeave)
  const holdCtrl = (on: boolean) => {
    held.current = on
    setCtrl(on)
  }

  useEffect(() => {
    let gone = false
    const first = readTerminalSettings()
    setSettings(first)
    void import('./screen.ts').then(({ openScreen }) => {
      if (gone || !place.current) return
      const link: TerminalLink = new TerminalLink({
        veId,
        kind: 'console',
        terminalId: recallShell(veId, 'console'),
        events: {
          onState: setState,
          onWarning: setWarning,
          onOutput: (bytes, done) => screen.write(bytes, done),
          onFresh() {
            screen.softReset()
            screen.remark('— A new shell: what ran in the one before was ended. —')
          },
          onLost: (bytes) => screen.remark(`— ${bytes} bytes were missed while the connection was away. —`),
          remember: (id) => rememberShell(veId, 'console', id),
        },
      })
      const screen: Screen = openScreen(place.current, first, {
        onInput(text) {
          const single = held.current && typeof text === 'string' && /^[a-z@[\\\]^_]$/i.test(text)
          link.send(single ? control(text) : text)
          held.current = false
          setCtrl(false)
        },
        onSize: (size) => link.resize(size),
        onLeave: () => leave(),
      })
      live.current = { screen, link }
      link.start(screen.size)
      screen.focus()
    })
    return () => {
      gone = true
      live.current?.link.stop()
      live.current?.screen.dispose()
      live.current = null
    }
  }, [veId, place])

  return {
    state,
    warning,
    settings,
    change(changed) {
      const next = { ...(settings ?? readTerminalSettings()), ...changed }
      setSettings(next)
      storeTerminalSettings(next)
      live.current?.screen.apply(next)
    },
    ctrl,
    holdCtrl,
    input(text) {
      live.current?.screen.input(text)
      live.current?.screen.focus()
    },
    reconnect() {
      live.current?.link.reconnect()
      live.current?.screen.focus()
    },
    end: () => live.current?.link.end(),
    stay: () => live.current?.link.stay(),
    copy: async () => (await live.current?.screen.copy()) ?? false,
    paste: async () => (await live.current?.screen.paste()) ?? false,
  }
}
