/** Splits a byte stream into lines, each of bounded length: a peer that never ends its line is cut off, not believed. */
import { Problem } from '../contract/problem.ts'

/** A `watch` sample of a few thousand VEs fits. */
const LINE_MOST_BYTES = 8 * 1024 * 1024

export class LineSplitter {
  #parts: Buffer[] = []
  #bytes = 0

  /** The lines that are complete now, without their ends; empty ones are left out. Throws `agent-failed` beyond the bound. */
  push(chunk: Buffer): string[] {
    const lines: string[] = []
    let rest = chunk
    for (let end = rest.indexOf(10); end !== -1; end = rest.indexOf(10)) {
      this.#keep(rest.subarray(0, end))
      const line = Buffer.concat(this.#parts).toString('utf8').trim()
      this.#parts = []
      this.#bytes = 0
      if (line !== '') lines.push(line)
      rest = rest.subarray(end + 1)
    }
    this.#keep(rest)
    return lines
  }

  #keep(part: Buffer) {
    if (part.length === 0) return
    this.#bytes += part.length
    if (this.#bytes > LINE_MOST_BYTES)
      throw new Problem('agent-failed', 'The agent sent a line without end.', {
        context: { bytes: this.#bytes },
      })
    this.#parts.push(part)
  }
}
