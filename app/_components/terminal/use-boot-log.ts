'use client'
import { useEffect, useRef, useState } from 'react'
import { BootLogText } from './boot-log-text.ts'
import { type LinkState, TerminalLink } from './terminal-link.ts'

/** Between two drawings while much is said. */
const DRAW_EVERY_MS = 100

export type BootLog = { state: LinkState; lines: readonly string[]; reconnect(): void }

/** What the VE's init says, for as long as the page shows it. Each connection begins with all that is kept. */
export function useBootLog(veId: string): BootLog {
  const [state, setState] = useState<LinkState>({ at: 'opening' })
  const [lines, setLines] = useState<readonly string[]>([])
  const live = useRef<TerminalLink | null>(null)
  useEffect(() => {
    const text = new BootLogText()
    let drawing: ReturnType<typeof setTimeout> | undefined
    const draw = () => {
      drawing ??= setTimeout(() => {
        drawing = undefined
        setLines(text.lines)
      }, DRAW_EVERY_MS)
    }
    const link = new TerminalLink({
      veId,
      kind: 'boot-log',
      terminalId: null,
      events: {
        onState: setState,
        onOutput(bytes, done) {
          text.push(bytes)
          draw()
          done()
        },
        onFresh() {
          text.clear()
          draw()
        },
        onLost: () => {},
        // Reading along is not to be ended for want of typing.
        onWarning: (seconds) => {
          if (seconds !== null) link.stay()
        },
        remember: () => {},
      },
    })
    live.current = link
    link.start({ columns: 132, rows: 50 })
    return () => {
      clearTimeout(drawing)
      link.end()
      link.stop()
      live.current = null
    }
  }, [veId])
  return { state, lines, reconnect: () => live.current?.reconnect() }
}
