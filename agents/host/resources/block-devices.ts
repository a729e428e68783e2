/** Block devices by their numbers ("7:3"), as sysfs tells of them. */
import { isMountPoint } from '../sys/mounts.ts'
import type { Sys } from '../sys/sys.ts'

const OF_NO_DEVICE = '0:'

/** What mountinfo names as the source of what is mounted at `path`: of a file system of several devices (btrfs) one of them. */
function sourceAt(sys: Sys, path: string): string | null {
  const line = (sys.read('/proc/self/mountinfo') ?? '')
    .split('\n')
    .filter((each) => each.split(' ')[4] === path)
    .pop()
  const source = line?.split(' - ')[1]?.split(' ')[1] ?? ''
  const name = (sys.readlink(source) ?? source).split('/').pop()
  return name === undefined || name === '' ? null : (sys.read(`/sys/class/block/${name}/dev`)?.trim() ?? null)
}

/** Of a partition the disk: the kernel bounds what goes to whole disks. */
function wholeDisk(sys: Sys, numbers: string): string {
  const folder = `/sys/dev/block/${numbers}`
  if (sys.stat(`${folder}/partition`) === null) return numbers
  return sys.read(`${folder}/../dev`)?.trim() ?? numbers
}

/** The disk that the file system mounted at `path` is on; null when nothing is, or it is on none. */
export function diskAt(sys: Sys, path: string): string | null {
  if (!isMountPoint(sys, path)) return null
  const device = sys.mountOf(path)?.device
  const numbers = device?.startsWith(OF_NO_DEVICE) ? sourceAt(sys, path) : (device ?? null)
  return numbers === null ? null : wholeDisk(sys, numbers)
}

/** Its name, and those of the disks that it is made of when it is a volume. */
export function diskNames(sys: Sys, numbers: string): string[] {
  const name = sys.readlink(`/sys/dev/block/${numbers}`)?.split('/').pop()
  if (name === undefined) return []
  const parts = sys.list(`/sys/block/${name}/slaves`)
  return parts.length > 0 ? parts : [name]
}
