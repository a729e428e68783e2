/** Numbers out of the kernel's texts, without regular expressions: there are thousands of them a sample. */
import type { Sys } from '../sys/sys.ts'

/** What readShort reads at most: the kernel gives a list in whole lines, so a text that is nearly as long may go on. */
export const SHORT_BYTES = 3500

/** A small file of something that may end any moment: empty when it is gone, or ends while it is read. */
export function peek(sys: Sys, path: string): string {
  try {
    return sys.readShort(path) ?? ''
  } catch {
    return ''
  }
}

/** The same of one that may be long: up to `most` bytes of it. */
export function peekLong(sys: Sys, path: string, most: number): string {
  try {
    return sys.read(path, most) ?? ''
  } catch {
    return ''
  }
}

/** The file's only number; null when there is no such file. */
export function readNumber(sys: Sys, path: string): number | null {
  const value = Number.parseInt(peek(sys, path), 10)
  return Number.isNaN(value) ? null : value
}

/** What stands after `key` where it begins a line; null when none does. The key ends with what parts it from the number. */
export function valueAfter(text: string, key: string): number | null {
  let at = text.startsWith(key) ? 0 : text.indexOf(`\n${key}`) + 1
  if (at === 0 && !text.startsWith(key)) return null
  at += key.length
  const value = Number.parseInt(text.slice(at, at + 24), 10)
  return Number.isNaN(value) ? null : value
}
