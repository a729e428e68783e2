import { PERMISSIONS } from '@/lib/auth/permissions.ts'
import { can, canAnywhere, type Viewer } from '@/lib/auth/viewer.ts'
import { VE_STATE } from '@/lib/contract/ve-state.ts'
import { SNAPSHOTS_MOST } from '@/lib/snapshots/resource.ts'
import type { VeResource } from '@/lib/ves/resource.ts'
import { veOffers } from '../ves/ve-allowed.ts'

/** Why no snapshot can be taken of a VE that has `count` of them; null when one can. */
export function takeReason(viewer: Viewer, ve: VeResource, count: number): string | null {
  const reason = veOffers(viewer, ve).snapshot
  if (reason !== null) return reason
  return count < SNAPSHOTS_MOST
    ? null
    : `It has ${count} snapshots, as many as it may have. Delete one first.`
}

/** Why no VE can be made from what the VE has been; null when one can. */
export function cloneReason(viewer: Viewer, { account, suspended }: VeResource): string | null {
  if (!canAnywhere(viewer, 've:create') || !can(viewer, 've:snapshot', account.id))
    return `Your role does not allow you to ${PERMISSIONS['ve:create']}.`
  return suspended === null ? null : 'It is suspended.'
}

/** Why a snapshot cannot keep its memory; null when it can. */
export function memoryReason({ state, checkpointObstacle }: VeResource): string | null {
  if (checkpointObstacle !== null) return checkpointObstacle
  if (state === 'running') return null
  return `It is ${VE_STATE[state].label.toLowerCase()}: only what runs has memory to keep.`
}
