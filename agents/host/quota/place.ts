import { HOST_PATHS } from '../../../lib/contract/agent-protocol.ts'
import { Problem } from '../../../lib/contract/problem.ts'
import type { StorageDriver } from '../../../lib/contract/storage.ts'
import { ID_RANGE_SIZE, type VeSpec } from '../../../lib/contract/ve-spec.ts'
import { vePaths } from '../paths.ts'
import { rescueOf } from '../storage/rescue-disk.ts'
import { readSuperblock } from '../storage/superblock.ts'
import type { Sys } from '../sys/sys.ts'
import { getQuota, type QuotaPlace } from './kernel.ts'
import { demandOwnerQuota } from './probe.ts'

type Subject = Pick<VeSpec, 'veid' | 'idBase' | 'storage' | 'limits'>

/** How a storage driver keeps quota of the users and groups in a VE. */
type Keeper = {
  /** Of a running VE. */
  place(sys: Sys, spec: Subject): QuotaPlace
  /** Throws `capability-missing` where the host cannot. */
  demand(sys: Sys, spec: Subject, running: boolean): void
  /** Whether limits hold is a matter of each VE's own file system, not of one that many share. */
  ownFileSystem: boolean
}

/** Where a VE's own file system is mounted while it runs, a rescue system being its root or not. */
export function ownRootOf(sys: Sys, veid: number): string {
  const { root, ownRoot } = vePaths(veid)
  return rescueOf(sys, veid) === null ? root : ownRoot
}

const lacking = (text: string) =>
  new Problem('capability-missing', text, { fields: { 'spec.limits.quotaOwners': text } })

/** A file system of its own; ids are shifted by the mount, so that those on the disk are the VE's. */
const image: Keeper = {
  place: (sys, { veid }) => ({
    path: ownRootOf(sys, veid),
    ...{ firstId: 0, lastId: ID_RANGE_SIZE - 1 },
    off: new Problem('ve-state-forbids', `VE ${veid} counts users and groups from its next start.`),
  }),
  demand: (sys, { veid }, running) => {
    demandOwnerQuota(sys)
    if (running && readSuperblock(sys, vePaths(veid).disk)?.quota !== true)
      throw lacking('Its image was made without quota: stop the VE first.')
  },
  ownFileSystem: true,
}

const VZ_OFF = new Problem(
  'capability-missing',
  `The file system of ${HOST_PATHS.vz} is not mounted with quota of users and groups (uquota, gquota).`,
)

/** The host's file system, with the ids that the VE has on the host. */
const project: Keeper = {
  place: (sys, { veid, idBase }) => ({
    path: ownRootOf(sys, veid),
    ...{ firstId: idBase, lastId: idBase + ID_RANGE_SIZE - 1 },
    off: VZ_OFF,
  }),
  demand: (sys) => {
    getQuota(sys, { path: HOST_PATHS.vz, firstId: 0, lastId: 0, off: VZ_OFF }, 'user', 0)
  },
  ownFileSystem: false,
}

/** null: it keeps none. */
const KEEPERS: Record<StorageDriver, Keeper | null> = { image, project, btrfs: null }

function keeperOf({ storage }: Subject): Keeper {
  const keeper = KEEPERS[storage]
  if (keeper !== null) return keeper
  throw new Problem('capability-missing', `Storage of kind "${storage}" keeps no quota of users and groups.`)
}

/** Of a running VE. Throws `ve-state-forbids` when it counts no owners, `capability-missing` where its storage cannot. */
export function quotaPlace(sys: Sys, spec: Subject): QuotaPlace {
  const keeper = keeperOf(spec)
  if (spec.limits.quotaOwners > 0) return keeper.place(sys, spec)
  throw new Problem(
    've-state-forbids',
    `VE ${spec.veid} counts no users and groups: raise its limit of counted owners first.`,
  )
}

/** Where it can be said whether limits hold for a running VE; null where that is not its own affair. */
export function enforcedPlace(sys: Sys, spec: Subject): QuotaPlace | null {
  const keeper = KEEPERS[spec.storage]
  return keeper?.ownFileSystem ? keeper.place(sys, spec) : null
}

/** For a VE that is to count owners from now on. Throws `capability-missing` when its host or its storage cannot. */
export function demandQuota(sys: Sys, spec: Subject, running: boolean): void {
  if (spec.limits.quotaOwners === 0) return
  try {
    keeperOf(spec).demand(sys, spec, running)
  } catch (error) {
    throw lacking(Problem.from(error).detail)
  }
}
