import type { Sys } from './sys.ts'

/** Writes a file below /proc/sys that is there and says something else. */
export function set(sys: Sys, path: string, value: string): void {
  const current = sys.read(path)
  if (current !== null && current.trim() !== value) sys.write(path, value)
}
