/** Snapshots on their host's own file tree, read-only, for whoever runs the hosts: to look into, and to take single files from. */
import { recordAudit } from '../audit/record.ts'
import { canAtProvider, forbidden, type Viewer } from '../auth/viewer.ts'
import { Problem } from '../contract/problem.ts'
import type { Db } from '../db/client.ts'
import { enqueueOperation } from '../operations/enqueue.ts'
import { onSnapshot } from './on-snapshot.ts'

/** Where, is the operation's result, and `mountedAt` of the snapshot. Throws `not-found`, `forbidden`, `ve-state-forbids`, `conflict`. */
export const mountSnapshot = (viewer: Viewer, id: string, tx?: Db) => ask(viewer, id, 'mount', tx)

/** Throws as above. */
export const unmountSnapshot = (viewer: Viewer, id: string, tx?: Db) => ask(viewer, id, 'unmount', tx)

const WORDS = { mount: 'Mount', unmount: 'Unmount' } as const

function ask(
  viewer: Viewer,
  id: string,
  what: keyof typeof WORDS,
  tx?: Db,
): Promise<{ operationId: string }> {
  return onSnapshot(viewer, id, 've:read', tx, async ({ on, ve, about }, { id: snapshotId, name, state }) => {
    if (!canAtProvider(viewer, 'host:manage')) throw forbidden('host:manage')
    if (state !== 'ready') throw new Problem('conflict', `“${name}” is ${state}, not ready.`)
    const asked = await enqueueOperation(on, {
      type: `ve-snapshot-${what}`,
      input: { veId: ve.id, snapshotId },
      title: `${WORDS[what]} the snapshot “${name}” of ${ve.name}`,
      ...about,
    })
    const details = { snapshot: name }
    if (what === 'mount')
      await recordAudit(on, { ...about, action: 'snapshot-mount', subject: ve.name, details })
    return asked
  })
}
