/** Takes the times and marks of conmon's log off: what is left is, byte for byte, what was written to the console. */

const NEWLINE = 0x0a
const SPACE = 0x20
const FULL = 0x46
/** conmon's own lines are shorter; what is longer is none of them and passes as it is. */
const LINE_MOST = 65_536

/** "<time> <stream> <F|P> <text>": an F line ended where it ends, a P line went on. Anything else is left as it is. */
function textOf(line: Uint8Array): Uint8Array {
  let at = 0
  for (let spaces = 0; spaces < 2 && at < line.length; at += 1) if (line[at] === SPACE) spaces += 1
  if (line[at + 1] !== SPACE) return line
  return line[at] === FULL ? line.subarray(at + 2) : line.subarray(at + 2, line.length - 1)
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

/** Gives the text of the whole lines in what it is fed; keeps the begun one for the next time. */
export function logText(): (bytes: Uint8Array) => Uint8Array {
  let begun: Uint8Array = new Uint8Array(0)
  return (bytes) => {
    const all = join([begun, bytes])
    const texts: Uint8Array[] = []
    let start = 0
    for (let end = all.indexOf(NEWLINE); end !== -1; end = all.indexOf(NEWLINE, start)) {
      texts.push(textOf(all.subarray(start, end + 1)))
      start = end + 1
    }
    if (all.length - start > LINE_MOST) {
      texts.push(all.subarray(start))
      start = all.length
    }
    begun = all.slice(start)
    return join(texts)
  }
}
