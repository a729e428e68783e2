import type { Sys } from './sys.ts'

/** Options of the mount at `path`, by /proc/self/mountinfo; null when nothing is mounted there. */
export function mountOptions(sys: Sys, path: string): string[] | null {
  const lines = (sys.read('/proc/self/mountinfo') ?? '').split('\n')
  const fields = lines.find((line) => line.includes(` ${path} `))?.split(' ')
  return fields?.[5]?.split(',') ?? null
}

/** Asked after mounting: an old mount(8) ignores options it does not know when they begin with "X-". */
export function isIdMapped(sys: Sys, path: string): boolean {
  return mountOptions(sys, path)?.includes('idmapped') ?? false
}
