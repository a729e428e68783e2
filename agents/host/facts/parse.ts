/** Pure parsers of what the kernel and the distribution say about a host. */

/** A value of /proc/meminfo in bytes; 0 when the line is missing. */
export function meminfoBytes(text: string, key: string): number {
  const kib = new RegExp(`^${key}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1]
  return Number(kib ?? 0) * 1024
}

/** os-release(5): values may be bare, or in single or double quotes. */
export function parseOsRelease(text: string): { id: string; version: string; name: string } {
  const value = (key: string) =>
    new RegExp(`^${key}=(["']?)(.*)\\1$`, 'm').exec(text)?.[2]?.replace(/\\(.)/g, '$1') ?? ''
  const id = value('ID')
  return { id, version: value('VERSION_ID'), name: value('PRETTY_NAME') || id }
}

/** A list of numbers as the kernel writes it, such as "0-3,8": how many. */
export function countInRanges(text: string): number {
  return text
    .trim()
    .split(',')
    .filter((part) => part !== '')
    .map((part) => part.split('-').map(Number))
    .reduce((count, [first = 0, last = first]) => count + last - first + 1, 0)
}

/** /proc/cpuinfo: "model name" on x86, "cpu" on Power, "family" on Itanium. */
export function cpuModel(text: string): string {
  return /^(?:model name|cpu|family)\s*:\s*(.+)$/m.exec(text)?.[1]?.trim() ?? 'unknown'
}

/** Kernel page size from /proc/PID/smaps: 4 kB on x86, 16 on Itanium, 64 on most Power kernels. */
export function pageBytes(smaps: string): number {
  const kib = /^KernelPageSize:\s+(\d+) kB$/m.exec(smaps)?.[1]
  return Number(kib ?? 4) * 1024
}

/** The type of the file system that holds `path`, by /proc/self/mountinfo (the last mount at the longest mount point). */
export function fileSystemOf(mountinfo: string, path: string): string {
  return mountOf(mountinfo, path).type
}

/** Where what holds `path` is mounted; empty when nothing is known. */
export function mountPointOf(mountinfo: string, path: string): string {
  return mountOf(mountinfo, path).best
}

function mountOf(mountinfo: string, path: string): { best: string; type: string } {
  let best = ''
  let type = 'unknown'
  for (const line of mountinfo.split('\n')) {
    const [left = '', right = ''] = line.split(' - ')
    const mountPoint = left.split(' ')[4]
    if (mountPoint === undefined) continue
    const prefix = mountPoint === '/' ? '/' : `${mountPoint}/`
    if (`${path}/`.startsWith(prefix) && mountPoint.length >= best.length) {
      best = mountPoint
      type = right.split(' ')[0] ?? 'unknown'
    }
  }
  return { best, type }
}
