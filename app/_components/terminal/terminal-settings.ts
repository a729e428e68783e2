/** How this browser shows terminals: kept there, for it depends on its screen and on who sits before it. */
export type TerminalSettings = { fontSize: number; screenReader: boolean }

export const FONT_SIZE_LEAST = 9
export const FONT_SIZE_MOST = 28
const DEFAULT: TerminalSettings = { fontSize: 14, screenReader: false }
const KEY = 'corral.terminal'

export function readTerminalSettings(): TerminalSettings {
  try {
    const stored = JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<TerminalSettings>
    const fontSize = Number(stored.fontSize ?? DEFAULT.fontSize)
    return { fontSize: clampFontSize(fontSize), screenReader: stored.screenReader === true }
  } catch {
    return DEFAULT
  }
}

export function clampFontSize(size: number): number {
  return Number.isFinite(size)
    ? Math.min(Math.max(Math.round(size), FONT_SIZE_LEAST), FONT_SIZE_MOST)
    : DEFAULT.fontSize
}

export function storeTerminalSettings(settings: TerminalSettings): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(settings))
  } catch {
    // Storage may be switched off: then it holds for this page.
  }
}

const shellKey = (veId: string, kind: string) => `corral.terminal.${kind}.${veId}`

/** Which shell this tab had: the tab's own, so that two tabs have two. */
export function recallShell(veId: string, kind: string): string | null {
  try {
    return sessionStorage.getItem(shellKey(veId, kind))
  } catch {
    return null
  }
}

export function rememberShell(veId: string, kind: string, id: string | null): void {
  try {
    if (id === null) sessionStorage.removeItem(shellKey(veId, kind))
    else sessionStorage.setItem(shellKey(veId, kind), id)
  } catch {
    // As above.
  }
}
