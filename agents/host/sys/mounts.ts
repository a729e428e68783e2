import type { Sys } from './sys.ts'

/** Whether something is mounted at `path`: also what is bound there from the same file system. */
export function isMountPoint(sys: Sys, path: string): boolean {
  const here = sys.mountOf(path)
  if (here === null || path === '/') return here !== null
  return here.id !== sys.mountOf(path.slice(0, path.lastIndexOf('/')) || '/')?.id
}

/** Options of the mount at `path`, by /proc/self/mountinfo: asked after mounting, of what is not granted that was asked for. */
export function mountOptions(sys: Sys, path: string): string[] {
  const lines = (sys.read('/proc/self/mountinfo') ?? '').split('\n')
  const fields = lines.find((line) => line.includes(` ${path} `))?.split(' ')
  return fields?.[5]?.split(',') ?? []
}

/** An old mount(8) ignores options it does not know when they begin with "X-". */
export function isIdMapped(sys: Sys, path: string): boolean {
  return mountOptions(sys, path).includes('idmapped')
}
