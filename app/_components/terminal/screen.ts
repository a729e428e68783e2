/** xterm.js as this panel uses it. Only loaded by pages that show a terminal: import it by `import()`. */
import { FitAddon } from '@xterm/addon-fit'
import { WebLinksAddon } from '@xterm/addon-web-links'
import { Terminal } from '@xterm/xterm'
import type { TerminalSize } from '@/lib/terminals/protocol.ts'
import type { TerminalSettings } from './terminal-settings.ts'
import { terminalTheme, watchTheme } from './terminal-theme.ts'

const SCROLLBACK_LINES = 10_000
/** A new shell finds the screen as terminals begin: no full-screen program, no mouse, no bracketed paste, plain letters. */
const SOFT_RESET = '\x1b[?1049l\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?2004l\x1b[?25h\x1b[!p\x1b[0m'
const QUIET = '\x1b[90m'
const PLAIN = '\x1b[0m'

export type Screen = {
  readonly size: TerminalSize
  write(bytes: Uint8Array, done: () => void): void
  /** A line of ours between what the VE says. */
  remark(text: string): void
  softReset(): void
  apply(settings: TerminalSettings): void
  /** False when nothing is selected or the browser does not let us. */
  copy(): Promise<boolean>
  paste(): Promise<boolean>
  /** As if it had been typed. */
  input(text: string): void
  focus(): void
  dispose(): void
}

type Events = {
  onInput(text: string | Uint8Array): void
  onSize(size: TerminalSize): void
  /** The keys that lead out of the terminal were pressed. */
  onLeave(): void
}

export function openScreen(element: HTMLElement, settings: TerminalSettings, events: Events): Screen {
  const terminal = new Terminal({
    allowProposedApi: false,
    cursorBlink: !matchMedia('(prefers-reduced-motion: reduce)').matches,
    fontFamily: getComputedStyle(element).fontFamily,
    fontSize: settings.fontSize,
    screenReaderMode: settings.screenReader,
    scrollback: SCROLLBACK_LINES,
    minimumContrastRatio: 4.5,
    theme: terminalTheme(element),
    macOptionIsMeta: true,
  })
  const fit = new FitAddon()
  terminal.loadAddon(fit)
  terminal.loadAddon(new WebLinksAddon())
  terminal.open(element)
  fit.fit()
  const size = () => ({ columns: terminal.cols, rows: terminal.rows })
  const screen: Screen = {
    get size() {
      return size()
    },
    write: (bytes, done) => terminal.write(bytes, done),
    remark: (text) =>
      terminal.write(`${terminal.buffer.active.cursorX > 0 ? '\r\n' : ''}${QUIET}${text}${PLAIN}\r\n`),
    softReset: () => terminal.write(SOFT_RESET),
    apply({ fontSize, screenReader }) {
      terminal.options.fontSize = fontSize
      terminal.options.screenReaderMode = screenReader
      fit.fit()
    },
    copy: () => copy(terminal),
    paste: () => paste(terminal),
    input: (text) => terminal.input(text),
    focus: () => terminal.focus(),
    dispose() {
      stopTheme()
      resizing.disconnect()
      terminal.dispose()
    },
  }
  const stopTheme = watchTheme(() => {
    terminal.options.theme = terminalTheme(element)
  })
  const resizing = new ResizeObserver(() => fit.fit())
  resizing.observe(element)
  terminal.onData(events.onInput)
  // Some reports of the mouse are bytes, one a character.
  terminal.onBinary((text) => events.onInput(Uint8Array.from(text, (each) => each.charCodeAt(0))))
  terminal.onResize(() => events.onSize(size()))
  terminal.attachCustomKeyEventHandler((event) => ownKeys(event, screen, events))
  return screen
}

/** False: the terminal leaves the key alone. Ctrl+Shift+V is the browser's own: it pastes without asking for leave. */
function ownKeys(event: KeyboardEvent, screen: Screen, events: Events): boolean {
  if (!event.ctrlKey || !event.shiftKey || event.altKey || event.metaKey) return true
  if (event.code === 'KeyV') return false
  if (event.code !== 'KeyC' && event.code !== 'ArrowDown') return true
  event.preventDefault()
  if (event.type === 'keydown') {
    if (event.code === 'KeyC') void screen.copy()
    else events.onLeave()
  }
  return false
}

async function copy(terminal: Terminal): Promise<boolean> {
  const text = terminal.getSelection()
  if (text === '') return false
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    // No clipboard without a secure origin: the old way copies what the terminal has selected.
    terminal.focus()
    return document.execCommand('copy')
  }
}

async function paste(terminal: Terminal): Promise<boolean> {
  try {
    terminal.paste(await navigator.clipboard.readText())
    terminal.focus()
    return true
  } catch {
    return false
  }
}
