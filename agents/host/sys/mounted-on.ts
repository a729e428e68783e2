import type { MountedOn } from './sys.ts'

/** open(2) only to point at it: what is there is neither read nor woken. The same number on every architecture that Corral knows. */
export const O_PATH = 0o10000000

/** From /proc/PID/fdinfo/FD of it, and stat(2)'s st_dev. Pure. */
export function parseMountedOn(fdinfo: string, device: number): MountedOn | null {
  const id = /^mnt_id:\s*(\d+)$/m.exec(fdinfo)?.[1]
  if (id === undefined) return null
  // makedev(3): twelve bits of the major number between eight and twelve of the minor one.
  const numbers = `${(device >>> 8) & 0xfff}:${(device & 0xff) | ((device >>> 12) & 0xfff00)}`
  return { id: Number(id), device: numbers }
}
