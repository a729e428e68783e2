/**
 * Who owns a VE is counted in epochs, raised with every move. This host remembers the highest it has seen, on disk and
 * beyond the VE's destruction, and refuses requests that carry a lower one: at most one host runs a VE.
 */
import { HOST_PATHS } from '../../lib/contract/agent-protocol.ts'
import { Problem } from '../../lib/contract/problem.ts'
import { ensureDirectory, replaceFileDurably } from './sys/files.ts'
import type { Sys } from './sys/sys.ts'

export function readEpoch(sys: Sys, veid: number): number {
  return Number(sys.read(`${HOST_PATHS.state}/ve/${veid}/epoch`) ?? 0) || 0
}

/** Refuses an older epoch with `stale-epoch`. */
export function refuseOlderEpoch(sys: Sys, veid: number, epoch: number): void {
  const seen = readEpoch(sys, veid)
  if (epoch >= seen) return
  throw new Problem('stale-epoch', `VE ${veid} has moved on: epoch ${epoch} is older than ${seen}.`)
}

/** Nothing to wait for. */
const REMEMBERED = { wait: () => {} }

/**
 * Refuses an older epoch, remembers a newer one: on the disk once what it returns has been waited for, which has to be before the
 * request is answered. Call it while holding the VE's lock.
 */
export function enterEpoch(sys: Sys, veid: number, epoch: number): { wait(): void } {
  refuseOlderEpoch(sys, veid, epoch)
  const seen = readEpoch(sys, veid)
  if (epoch === seen) return REMEMBERED
  const folder = `${HOST_PATHS.state}/ve/${veid}`
  ensureDirectory(sys, folder)
  const path = `${folder}/epoch`
  if (seen === 0) {
    sys.write(path, `${epoch}\n`)
    return sys.start(['sync', path, folder])
  }
  replaceFileDurably(sys, path, `${epoch}\n`)
  return sys.start(['sync', folder])
}
