import { EEXIST, type Sys, SysError } from './sys.ts'

/** Makes a directory and those above it. */
export function ensureDirectory(sys: Sys, path: string, mode = 0o700): void {
  if (sys.stat(path)?.kind === 'directory') return
  const parent = path.slice(0, path.lastIndexOf('/'))
  if (parent !== '') ensureDirectory(sys, parent, mode)
  if (!sys.mkdir(path, mode) && sys.stat(path)?.kind !== 'directory') {
    throw new SysError('mkdir', path, EEXIST, 'something else is there')
  }
}

/** Replaces a file so that a reader sees the old or the new text, never half of one. */
export function replaceFile(sys: Sys, path: string, text: string, mode = 0o600): void {
  const temporary = `${path}.${sys.pid}.new`
  sys.write(temporary, text, mode)
  sys.rename(temporary, path)
}

/** The same, and the new text is on the disk before it takes the name: a power cut leaves the old or the new file. */
export function replaceFileDurably(sys: Sys, path: string, text: string, mode = 0o600): void {
  const temporary = `${path}.${sys.pid}.new`
  sys.write(temporary, text, mode)
  sys.run(['sync', temporary])
  sys.rename(temporary, path)
}

/** A JSON file; null when it is absent or was torn by a power cut. */
export function readJson<T>(sys: Sys, path: string): T | null {
  const text = sys.read(path)
  if (text === null) return null
  try {
    return JSON.parse(text) as T
  } catch {
    return null
  }
}
