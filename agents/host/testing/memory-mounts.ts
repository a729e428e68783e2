import type { MountedOn } from '../sys/sys.ts'

const below = (path: string, point: string) => `${path}/`.startsWith(point === '/' ? '/' : `${point}/`)

/** What `path` is on by a mountinfo: the last mount at the longest mount point. Each line is a mount, what is on none of them on mount 0. */
export function memoryMount(mountinfo: string, path: string, isThere: boolean): MountedOn | null {
  const mounts = mountinfo.split('\n').map((line, nth) => {
    const fields = line.split(' ')
    return { id: nth + 1, device: fields[2] ?? '0:0', point: fields[4] ?? '' }
  })
  const holding = mounts.filter(({ point }) => point !== '' && below(path, point))
  if (!isThere && !holding.some(({ point }) => point === path)) return null
  const longest = Math.max(...holding.map(({ point }) => point.length))
  const { id, device } = holding.findLast(({ point }) => point.length === longest) ?? { id: 0, device: '0:0' }
  return { id, device }
}
