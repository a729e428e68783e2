import { STORAGE_DRIVERS } from '../../../lib/contract/storage.ts'
import type { VeSpec } from '../../../lib/contract/ve-spec.ts'
import type { Sys } from '../sys/sys.ts'
import type { DiskUse } from './driver.ts'
import { loadStorage } from './load.ts'

/** What all these VEs take of their disks, by veid: as many processes for one as for all of a kind. */
export function readDiskUse(sys: Sys, specs: readonly VeSpec[]): ReadonlyMap<number, DiskUse> {
  const uses = new Map<number, DiskUse>()
  for (const name of STORAGE_DRIVERS) {
    const own = specs.filter(({ storage }) => storage === name)
    if (own.length === 0) continue
    for (const [veid, use] of loadStorage(name).use(sys, own)) uses.set(veid, use)
  }
  return uses
}
