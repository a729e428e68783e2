/**
 * The account template builds run as. Its root is not the host's: mmdebstrap makes a user namespace for an ordinary user
 * only, and quietly none for root.
 */
import { ID_RANGE_SIZE } from '../../../lib/contract/ve-spec.ts'
import { withLock } from '../lock.ts'
import { mustRun } from '../sys/run.ts'
import type { Sys } from '../sys/sys.ts'

export const BUILD_USER = 'corral-build'

/** Below VEs' ranges (1048576 up) and systemd-nspawn's (524288 up), above those that useradd gives people first (100000 up). */
const HIGHEST_START = 458_752
const LOWEST_START = 196_608

export type SubordinateRange = { owner: string; first: number; count: number }

/** /etc/subuid (subuid(5)). */
export function parseSubordinateIds(text: string): SubordinateRange[] {
  return text
    .split('\n')
    .map((line) => line.split(':'))
    .filter((fields) => fields.length === 3)
    .map(([owner = '', first, count]) => ({ owner, first: Number(first), count: Number(count) }))
}

/** The first id of a free range, or null. */
export function freeRange(taken: readonly SubordinateRange[]): number | null {
  for (let first = HIGHEST_START; first >= LOWEST_START; first -= ID_RANGE_SIZE) {
    const overlaps = taken.some(
      (range) => range.first < first + ID_RANGE_SIZE && first < range.first + range.count,
    )
    if (!overlaps) return first
  }
  return null
}

function ranges(sys: Sys, file: 'subuid' | 'subgid'): SubordinateRange[] {
  return parseSubordinateIds(sys.read(`/etc/${file}`) ?? '')
}

function ownRange(sys: Sys, file: 'subuid' | 'subgid'): number | null {
  const own = ranges(sys, file).find((range) => range.owner === BUILD_USER && range.count >= ID_RANGE_SIZE)
  return own?.first ?? null
}

export type BuildIds = {
  /** The account itself, which is what mmdebstrap starts as. */
  user: number
  /** What root and its 65,535 successors are inside. */
  root: number
}

/** Makes the account and its range where they are missing. */
export function ensureBuildUser(sys: Sys, request: string): BuildIds {
  return withLock(sys, 'build-user', 'The account for template builds', request, () => {
    if (sys.run(['id', '-u', BUILD_USER]).code !== 0) {
      const none = ['--no-create-home', '--home-dir', '/nonexistent', '--shell', '/usr/sbin/nologin']
      mustRun(sys, ['useradd', '--system', '--user-group', ...none, BUILD_USER])
    }
    const user = Number(mustRun(sys, ['id', '-u', BUILD_USER]).stdout)
    const known = ownRange(sys, 'subuid')
    if (known !== null && known === ownRange(sys, 'subgid')) return { user, root: known }
    const first = freeRange([...ranges(sys, 'subuid'), ...ranges(sys, 'subgid')])
    if (first === null) throw new Error('no free range of subordinate ids in /etc/subuid')
    const range = `${first}-${first + ID_RANGE_SIZE - 1}`
    mustRun(sys, ['usermod', '--add-subuids', range, '--add-subgids', range, BUILD_USER])
    return { user, root: first }
  })
}
