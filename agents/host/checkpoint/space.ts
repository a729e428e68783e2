import { veCgroup } from '../paths.ts'
import { cgroupVersion, ROOT } from '../resources/cgroup.ts'
import { refuseWithout } from '../storage/free-space.ts'
import type { Sys } from '../sys/sys.ts'

/** What a VE has in memory and no file behind it: what of it a checkpoint holds. Bytes; swapped out or not. */
export function anonymousBytes(sys: Sys, veid: number): number {
  const v1 = cgroupVersion(sys) === 1
  const folder = v1 ? `${ROOT}/memory${veCgroup(veid)}` : `${ROOT}${veCgroup(veid)}`
  const text = sys.read(`${folder}/memory.stat`) ?? ''
  const names = v1 ? ['total_rss', 'total_shmem', 'total_swap'] : ['anon', 'shmem']
  const counted = names.map((name) => Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1] ?? 0))
  const swapped = v1 ? 0 : Number(sys.read(`${folder}/memory.swap.current`) ?? 0)
  return counted.reduce((sum, bytes) => sum + bytes, swapped)
}

/** Before it is frozen for a checkpoint. Throws `no-disk-space`. */
export function refuseMemoryWithoutSpace(sys: Sys, veid: number): void {
  refuseWithout(sys, anonymousBytes(sys, veid))
}
