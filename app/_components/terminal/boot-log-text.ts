/** What init said, as lines of plain text: colours and cursor moves are for screens. */

/** Control sequences of ECMA-48: CSI …, OSC … until BEL or ST, and two-character escapes. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is to be removed
const ESCAPES = /\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[ -/]*[0-~])/g
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above
const CONTROLS = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/g
export const LINES_MOST = 5_000

/** As a line is left on a screen: what comes after a carriage return is written over what came before. */
function plain(line: string): string {
  const text = line.replace(ESCAPES, '')
  return (text.replace(/\r+$/, '').split('\r').at(-1) ?? '').replace(CONTROLS, '')
}

/** Gathers pieces of output, cut anywhere, into lines; forgets the oldest. */
export class BootLogText {
  #decoder = new TextDecoder()
  #lines: string[] = []
  #rest = ''

  push(bytes: Uint8Array): void {
    const lines = (this.#rest + this.#decoder.decode(bytes, { stream: true })).split('\n')
    this.#rest = lines.pop() ?? ''
    this.#lines = [...this.#lines, ...lines.map(plain)].slice(-LINES_MOST)
  }

  clear(): void {
    this.#decoder = new TextDecoder()
    this.#lines = []
    this.#rest = ''
  }

  /** The last one may be unfinished. */
  get lines(): readonly string[] {
    return this.#rest === '' ? this.#lines : [...this.#lines, plain(this.#rest)]
  }
}

/** Lines that contain the text, whatever the case; all for an empty one. */
export function matching(lines: readonly string[], text: string): readonly string[] {
  const wanted = text.trim().toLowerCase()
  return wanted === '' ? lines : lines.filter((line) => line.toLowerCase().includes(wanted))
}
