/** A new VE whose disk begins as a snapshot of another: on the same host, with ids, addresses and names of its own. */
import type { Viewer } from '../auth/viewer.ts'
import { Problem } from '../contract/problem.ts'
import type { StorageDriver } from '../contract/storage.ts'
import type { VeApplication, VeNamespace } from '../contract/ve-application.ts'
import type { Db } from '../db/client.ts'
import type { Ve } from '../db/generated/client.ts'
import { refuseSuspended } from '../operations/ve-gate.ts'
import { createIn, type Origin } from '../ves/create.ts'
import { limitsOfRow } from '../ves/limits/row.ts'
import type { VeCreateInput, VeResource } from '../ves/resource.ts'
import type { SnapshotCloneInput } from './clone-input.ts'
import { onSnapshot } from './on-snapshot.ts'

/**
 * It belongs to the viewer's own account. What the VE of the snapshot has of its host (features, devices, a plan) it has not: those are
 * given. Throws as `createVe` does, and `not-found`, `forbidden`, `ve-suspended`, `conflict` of the snapshot. That the disk is large
 * enough its host sees.
 */
export function createVeFromSnapshot(
  viewer: Viewer,
  id: string,
  input: SnapshotCloneInput,
  tx?: Db,
): Promise<{ ve: VeResource; operationId: string }> {
  const { keepIdentity = false, ...given } = input
  return onSnapshot(viewer, id, 've:snapshot', tx, async ({ on, ve }, { id: snapshotId, name, state }) => {
    if (state !== 'ready') throw new Problem('conflict', `“${name}” is ${state}, not ready.`)
    refuseSuspended(ve, 'Create a VE from its snapshot')
    const of = { hostId: ve.hostId, ofName: ve.name, limits: limitsOfRow(ve) }
    const origin: Origin = { kind: 'snapshot', snapshotId, keepIdentity, ...of }
    return createIn(on, viewer, { ...likeness(ve), ...given }, origin)
  })
}

/** What its files go with. */
function likeness(ve: Ve): Omit<VeCreateInput, 'name' | 'hostname'> {
  return {
    templateId: ve.templateId,
    storage: ve.storage as StorageDriver,
    kind: ve.kind,
    namespaces: ve.namespaces as VeNamespace[],
    ...(ve.application ? { application: ve.application as VeApplication } : {}),
    dns: { servers: ve.dnsServers, search: ve.searchDomains },
  }
}
