import type { Sys } from '../sys/sys.ts'

export type DeviceNumbers = { type: 'b' | 'c'; major: number; minor: number }

const KINDS: Record<string, DeviceNumbers['type']> = {
  'block special file': 'b',
  'character special file': 'c',
}

/** What is at a path of the host, symbolic links followed: a device, something else, or nothing. */
export function deviceAt(sys: Sys, path: string): DeviceNumbers | 'other' | null {
  const [kind = '', major = '', minor = ''] = sys
    .run(['stat', '-L', '-c', '%F|%t|%T', path])
    .stdout.trim()
    .split('|')
  const type = KINDS[kind]
  if (type === undefined) return kind === '' ? null : 'other'
  return { type, major: Number.parseInt(major, 16), minor: Number.parseInt(minor, 16) }
}

export function sameNumbers(a: DeviceNumbers, b: DeviceNumbers): boolean {
  return a.type === b.type && a.major === b.major && a.minor === b.minor
}

/** The kernel's own name, such as "sdb1" or "ttyS0"; null when sysfs does not know the device. */
export function kernelName(sys: Sys, { type, major, minor }: DeviceNumbers): string | null {
  const link = sys.readlink(`/sys/dev/${type === 'b' ? 'block' : 'char'}/${major}:${minor}`)
  return link === null ? null : link.slice(link.lastIndexOf('/') + 1)
}
