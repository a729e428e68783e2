import { idOf, notFound } from '../../auth/not-found.ts'
import type { Viewer } from '../../auth/viewer.ts'
import { type Db, db } from '../../db/client.ts'
import { getVe } from '../queries.ts'
import type { VeInterfaceResource } from '../resource.ts'

/** Throws `not-found`. */
export async function getVeInterface(
  viewer: Viewer,
  veId: string,
  interfaceId: string,
  on: Db = db(),
): Promise<VeInterfaceResource> {
  const id = idOf('interface', interfaceId)
  const found = (await getVe(viewer, veId, on)).interfaces.find((each) => each.id === id)
  if (!found) throw notFound('interface')
  return found
}
