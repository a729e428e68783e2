/** Judges limits before anything of them is written or sent. */
import { lockAllocation } from '../../addresses/allocation-lock.ts'
import { canAtProvider, canFromAbove, type Viewer } from '../../auth/viewer.ts'
import type { ObservedVe } from '../../contract/agent-protocol.ts'
import { Problem } from '../../contract/problem.ts'
import { STORAGE, type StorageDriver } from '../../contract/storage.ts'
import { formatBytes, formatCount } from '../../contract/units.ts'
import { contradictions, type VeLimits } from '../../contract/ve-limits.ts'
import type { Db } from '../../db/client.ts'
import type { Ve } from '../../db/generated/client.ts'
import { noRoom } from '../../hosts/placement.ts'
import { NOTHING_PROMISED, promisedByHost } from '../../hosts/promised.ts'
import { changedLimits } from '../../limits/limit-differences.ts'
import type { Enforcer } from '../../limits/misfits.ts'
import { limitObstacle } from '../../limits/misfits.ts'
import { onlyProvider } from '../privileges.ts'
import { guaranteedBytes } from './commitment.ts'
import { limitsAhead } from './limits-ahead.ts'
import { limitsOfRow } from './row.ts'

/** Pure. Throws `invalid-input` with every field that contradicts another, and `forbidden` for what binds a VE to parts of a host. */
export function refuseContradictoryLimits(viewer: Viewer, before: VeLimits, after: VeLimits): void {
  const fields = Object.entries(contradictions(after)).map(([field, text]) => [`limits.${field}`, text])
  if (fields.length > 0) throw wrongFields(Object.fromEntries(fields))
  const binds = changedLimits(before, after).find((field) => field === 'cpuMask' || field === 'nodeMask')
  if (binds && !canAtProvider(viewer, 've:configure'))
    throw onlyProvider(`limits.${binds}`, 'choose which CPUs and memory of a host a VE uses')
}

/**
 * Whether this VE may be limited so from now on. Throws `forbidden` for its owner, who was sold the limits; `invalid-input`,
 * `capability-missing`, `host-full`, each with the field. Takes the allocation lock when more is promised than before.
 */
export async function refuseLimits(on: Db, viewer: Viewer, ve: Ve, after: VeLimits): Promise<void> {
  const before = limitsOfRow(ve)
  if (!canFromAbove(viewer, 've:configure', ve.accountId))
    throw new Problem('forbidden', 'The limits of a VE are set by those who provide it.')
  const ahead = await limitsAhead(on, ve)
  refuseContradictoryLimits(viewer, ahead, after)
  refuseShrunkDisk(ve, before, after)
  const host = await on.host.findUniqueOrThrow({
    where: { id: ve.hostId },
    select: { id: true, name: true, capabilities: true, facts: true, memoryBytes: true, diskBytes: true },
  })
  const problem = limitObstacle({ ...host, storage: ve.storage } as Enforcer, ahead, after)
  if (problem) throw problem
  await refuseUnheld(on, ve, host, before, after)
}

function refuseShrunkDisk(ve: Ve, before: VeLimits, after: VeLimits): void {
  const shrinks = STORAGE[ve.storage as StorageDriver].shrinks
  if (after.diskBytes < before.diskBytes && shrinks === 'when-stopped' && ve.state !== 'stopped')
    throw wrongFields({
      'limits.diskBytes': `It has ${formatBytes(before.diskBytes)} now, and shrinks only while it is stopped.`,
    })
  const use = (ve.observed as ObservedVe | null)?.fileSystem
  const fields: Record<string, string> = {}
  if (use && after.diskBytes < before.diskBytes && after.diskBytes < use.usedBytes)
    fields['limits.diskBytes'] = `Its files take ${formatBytes(use.usedBytes)} already.`
  const { diskInodes } = after
  if (use && diskInodes !== null && diskInodes !== before.diskInodes && diskInodes < use.usedInodes)
    fields['limits.diskInodes'] = `It has ${formatCount(use.usedInodes)} files already.`
  if (Object.keys(fields).length > 0) throw wrongFields(fields)
}

type RoomHost = { id: string; name: string; memoryBytes: bigint | null; diskBytes: bigint | null }

/** What it is promised more of than before has to fit on its host. */
async function refuseUnheld(
  on: Db,
  ve: Ve,
  host: RoomHost,
  before: VeLimits,
  after: VeLimits,
): Promise<void> {
  const raised = (what: (limits: VeLimits) => number) => (what(after) > what(before) ? what(after) : 0)
  const wanted = {
    memoryBytes: raised(({ memoryBytes }) => memoryBytes),
    diskBytes: raised(({ diskBytes }) => diskBytes),
    guaranteedBytes: raised(guaranteedBytes),
  }
  if (Object.values(wanted).every((bytes) => bytes === 0)) return
  // What two requests take at once is given to one.
  await lockAllocation(on)
  const promised = (await promisedByHost(on, [host.id], ve.id)).get(host.id) ?? NOTHING_PROMISED
  const has = (bytes: bigint | null) => (bytes === null ? null : Number(bytes))
  const problem = noRoom(
    { ...host, memoryBytes: has(host.memoryBytes), diskBytes: has(host.diskBytes), promised },
    wanted,
  )
  if (problem) throw problem
}

function wrongFields(fields: Record<string, string>): Problem {
  return new Problem('invalid-input', `Not valid: ${Object.keys(fields).join(', ')}.`, { fields })
}
