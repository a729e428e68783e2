import { PERMISSIONS } from '@/lib/auth/permissions.ts'
import type { Viewer } from '@/lib/auth/viewer.ts'
import { listHosts } from '@/lib/hosts/queries.ts'
import { type HostMeans, meansOf } from '../ves/host-means.ts'

export const PLAN_FORBIDDEN = `Your role does not allow you to ${PERMISSIONS['plan:manage']}.`

/** The hosts that VEs with a plan may be on, as far as the viewer may see them. */
export async function planHosts(viewer: Viewer): Promise<HostMeans[]> {
  const { items } = await listHosts(viewer, { limit: 200 })
  return items.map(meansOf)
}
