/** The terminal's colours out of globals.css, as the terminal wants them: it knows neither light-dark() nor oklch(). */
import type { ITheme } from '@xterm/xterm'

const NAMED = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'] as const
const bright = (name: (typeof NAMED)[number]) =>
  `bright${name[0]?.toUpperCase()}${name.slice(1)}` as `bright${Capitalize<(typeof NAMED)[number]>}`

/** As the tokens are where `element` stands. */
export function terminalTheme(element: HTMLElement): ITheme {
  const probe = element.appendChild(document.createElement('span'))
  const pixel = document.createElement('canvas').getContext('2d', { willReadFrequently: true })
  const token = (name: string) => {
    probe.style.color = `var(--${name})`
    return asRgb(getComputedStyle(probe).color, pixel)
  }
  const theme: ITheme = {
    background: token('surface-raised'),
    foreground: token('content'),
    cursor: token('accent'),
    cursorAccent: token('surface-raised'),
    selectionBackground: token('surface-selected'),
    selectionForeground: token('content'),
    scrollbarSliderBackground: token('line'),
    scrollbarSliderHoverBackground: token('line-strong'),
    scrollbarSliderActiveBackground: token('line-control'),
  }
  for (const name of NAMED) {
    theme[name] = token(`terminal-${name}`)
    theme[bright(name)] = token(`terminal-bright-${name}`)
  }
  probe.remove()
  return theme
}

/** Whatever the browser can paint, by painting it. */
function asRgb(colour: string, pixel: CanvasRenderingContext2D | null): string {
  if (!pixel) return colour
  pixel.fillStyle = colour
  pixel.fillRect(0, 0, 1, 1)
  const [red = 0, green = 0, blue = 0] = pixel.getImageData(0, 0, 1, 1).data
  return `#${[red, green, blue].map((part) => part.toString(16).padStart(2, '0')).join('')}`
}

/** Calls `changed` when the viewer or the system goes from light to dark or back. */
export function watchTheme(changed: () => void): () => void {
  const system = matchMedia('(prefers-color-scheme: dark)')
  const chosen = new MutationObserver(changed)
  system.addEventListener('change', changed)
  chosen.observe(document.documentElement, { attributeFilter: ['data-theme'] })
  return () => {
    system.removeEventListener('change', changed)
    chosen.disconnect()
  }
}
