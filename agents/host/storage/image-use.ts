import type { FileSystemUse } from '../../../lib/contract/quota.ts'
import type { VeSpec } from '../../../lib/contract/ve-spec.ts'
import { vePaths } from '../paths.ts'
import type { Sys } from '../sys/sys.ts'
import type { DiskUse } from './driver.ts'
import { mountedDevices } from './mounted-devices.ts'
import { hasSoftLimit, type ProjectUse, projectUse } from './quota-tools.ts'

type Counts = Pick<FileSystemUse, 'usedBytes' | 'totalBytes' | 'usedInodes' | 'totalInodes'>

/** stat(1) -f with the format below: one line a path. What could not be read has none. */
export function parseFileSystems(text: string): Map<string, Counts> {
  const counts = new Map<string, Counts>()
  for (const line of text.split('\n')) {
    const [, path, ...numbers] = /^(\S+) (\d+) (\d+) (\d+) (\d+) (\d+)$/.exec(line) ?? []
    if (path === undefined) continue
    const [size = 0, blocks = 0, free = 0, inodes = 0, freeInodes = 0] = numbers.map(Number)
    counts.set(path, {
      usedBytes: (blocks - free) * size,
      totalBytes: blocks * size,
      usedInodes: inodes - freeInodes,
      totalInodes: inodes,
    })
  }
  return counts
}

/** The size is the limit of space; one of inodes may be below what the file system was made with. */
export function imageUse(sys: Sys, specs: readonly VeSpec[]): Map<number, DiskUse> {
  const devices = mountedDevices(sys)
  const at = new Map<number, string>()
  for (const { veid } of specs) {
    const { root, ownRoot } = vePaths(veid)
    const target = devices.has(ownRoot) ? ownRoot : root
    if (devices.has(target)) at.set(veid, target)
  }
  const targets = [...at.values()]
  const format = ['-f', '-c', '%n %S %b %f %c %d']
  const counts =
    targets.length === 0
      ? new Map<string, Counts>()
      : parseFileSystems(sys.run(['stat', ...format, ...targets]).stdout)
  const soft = specs.filter(({ limits }) => hasSoftLimit(limits)).flatMap(({ veid }) => at.get(veid) ?? [])
  const graces = soft.length === 0 ? null : projectUse(sys, soft)
  return new Map(
    specs.map(({ veid, limits }) => {
      const target = at.get(veid) ?? ''
      const seen = counts.get(target)
      const grace = graces?.get(devices.get(target) ?? '')?.get(0)
      const fileSystem = seen === undefined ? null : withLimits(seen, limits.diskInodes, grace)
      return [veid, { diskUsedBytes: sys.stat(vePaths(veid).disk)?.diskBytes ?? null, fileSystem }]
    }),
  )
}

function withLimits(seen: Counts, inodes: number | null, grace: ProjectUse | undefined): FileSystemUse {
  return {
    ...seen,
    totalInodes: inodes === null ? seen.totalInodes : Math.min(inodes, seen.totalInodes),
    bytesGraceEndsAt: grace?.bytesGraceEndsAt ?? null,
    inodesGraceEndsAt: grace?.inodesGraceEndsAt ?? null,
  }
}
