/** Block devices by their numbers ("7:3"), as sysfs tells of them. */
import type { Sys } from '../sys/sys.ts'

/** mountinfo's field of the device is made up for file systems that are no single device's (btrfs): then its source is one. */
function numbersAt(sys: Sys, path: string): string | null {
  const line = (sys.read('/proc/self/mountinfo') ?? '')
    .split('\n')
    .filter((each) => each.split(' ')[4] === path)
    .pop()
  const [left = '', right = ''] = line?.split(' - ') ?? []
  const numbers = left.split(' ')[2]
  if (numbers !== undefined && !numbers.startsWith('0:')) return numbers
  const source = right.split(' ')[1] ?? ''
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
  const numbers = numbersAt(sys, path)
  return numbers === null ? null : wholeDisk(sys, numbers)
}

/** Its name, and those of the disks that it is made of when it is a volume. */
export function diskNames(sys: Sys, numbers: string): string[] {
  const name = sys.readlink(`/sys/dev/block/${numbers}`)?.split('/').pop()
  if (name === undefined) return []
  const parts = sys.list(`/sys/block/${name}/slaves`)
  return parts.length > 0 ? parts : [name]
}
