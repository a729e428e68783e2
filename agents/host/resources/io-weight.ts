/** Weights of I/O: which file of a control group sets them, and whether the kernel goes by it on the disk of /vz. */
import { HOST_PATHS } from '../../../lib/contract/agent-protocol.ts'
import { mountPointOf } from '../facts/parse.ts'
import type { Sys } from '../sys/sys.ts'
import { diskAt, diskNames } from './block-devices.ts'
import { cgroupVersion, ROOT } from './cgroup.ts'

const ORDINARY = 4

/** ionice's levels as a weight: 4 is the kernel's ordinary 100, and four levels are ten times as much. BFQ takes 1 to 1000. Pure. */
export function weightOf(ioPriority: number): number {
  return Math.round(100 * 10 ** ((ORDINARY - ioPriority) / 4))
}

/** BFQ's comes first: where it schedules a disk, io.weight is not looked at. */
export const WEIGHT_FILES = { 1: ['blkio.bfq.weight'], 2: ['io.bfq.weight', 'io.weight'] } as const

/** null when weights count on the disk of /vz, else why not. */
export function weightReason(sys: Sys): string | null {
  const at = mountPointOf(sys.read('/proc/self/mountinfo') ?? '', HOST_PATHS.vz)
  const disk = diskAt(sys, at)
  if (disk === null) return `${HOST_PATHS.vz} is on no disk of this host.`
  const costed = new RegExp(`^${disk} enable=1`, 'm').test(sys.read(`${ROOT}/io.cost.qos`) ?? '')
  if (cgroupVersion(sys) === 2 && costed) return null
  const names = diskNames(sys, disk)
  const other = names.find(
    (name) => !(sys.read(`/sys/block/${name}/queue/scheduler`) ?? '').includes('[bfq]'),
  )
  if (names.length > 0 && other === undefined) return null
  const name = other ?? disk
  return `The disk of ${HOST_PATHS.vz} (${name}) is not scheduled by bfq: choose it in /sys/block/${name}/queue/scheduler.`
}
