import { MIB } from '../../../lib/contract/units.ts'
import { ID_RANGE_SIZE } from '../../../lib/contract/ve-spec.ts'
import { mustRun } from '../sys/run.ts'
import type { Sys } from '../sys/sys.ts'

const BLOCK_BYTES = 4096
/** ext4's own tables take about a fiftieth; the rest is air for the first boot, since a VE may be as small as its template. */
const GROWTH = 1.12
const JOURNAL_MIB = 32
const AIR_BYTES = 32 * MIB

export function imageBytes(usedBytes: number): number {
  const bytes = usedBytes * GROWTH + JOURNAL_MIB * MIB + AIR_BYTES
  return Math.ceil(bytes / (4 * MIB)) * 4 * MIB
}

/**
 * Makes `<area>/image` from `<area>/root`, in a user namespace with the build's ids, so that owners come out as they are
 * inside. 4 KiB blocks whatever the size: a small file system would get 1 KiB ones and grow badly.
 */
export function makeImage(sys: Sys, area: string, rootId: number, usedBytes: number): { sizeBytes: number } {
  const sizeBytes = imageBytes(usedBytes)
  const map = `0:${rootId}:${ID_RANGE_SIZE}`
  mustRun(sys, [
    ...['unshare', '--user', `--map-users=${map}`, `--map-groups=${map}`, '--setuid=0', '--setgid=0'],
    ...['mkfs.ext4', '-q', '-F', '-b', String(BLOCK_BYTES), '-i', '16384', '-m', '0'],
    ...['-J', `size=${JOURNAL_MIB}`, '-E', 'lazy_itable_init=1,lazy_journal_init=1,root_owner=0:0'],
    ...['-d', `${area}/root`, `${area}/image`, String(sizeBytes / BLOCK_BYTES)],
  ])
  return { sizeBytes }
}
