/** Which hosts a pool serves: those it is bound to, by themselves or by their group; bound to none, it serves all. */
import type { Db } from '../db/client.ts'
import { refuse } from './range.ts'

export type Bindings = { hostIds?: string[] | undefined; groupIds?: string[] | undefined }

/** Replaces what is given. Throws `invalid-input` for a host or group that there is not. */
export async function bindPool(on: Db, poolId: string, given: Bindings): Promise<void> {
  const hostIds = given.hostIds && [...new Set(given.hostIds)]
  const groupIds = given.groupIds && [...new Set(given.groupIds)]
  const fields: Record<string, string> = {}
  const known = { id: { in: hostIds ?? [] } }
  if (hostIds && (await on.host.count({ where: known })) < hostIds.length)
    fields.hostIds = 'There is no host with one of these ids.'
  if (groupIds && (await on.hostGroup.count({ where: { id: { in: groupIds } } })) < groupIds.length)
    fields.groupIds = 'There is no group with one of these ids.'
  refuse(fields)
  if (hostIds) {
    await on.addressPoolHost.deleteMany({ where: { poolId } })
    await on.addressPoolHost.createMany({ data: hostIds.map((hostId) => ({ poolId, hostId })) })
  }
  if (groupIds) {
    await on.addressPoolGroup.deleteMany({ where: { poolId } })
    await on.addressPoolGroup.createMany({ data: groupIds.map((groupId) => ({ poolId, groupId })) })
  }
}
