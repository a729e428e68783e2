/** Maintenance of a host: its VEs run on, and nothing new is placed on it. It is the panel's own matter: the host is not asked. */
import { auditActor, recordAudit } from '../audit/record.ts'
import type { Viewer } from '../auth/viewer.ts'
import { Problem } from '../contract/problem.ts'
import type { Db } from '../db/client.ts'
import type { Host } from '../db/generated/client.ts'
import { emitEvent } from '../events/emit.ts'
import { managing } from './commands.ts'
import { getHost } from './queries.ts'
import type { HostMaintenanceInput, HostResource } from './resource.ts'

/**
 * Asked again it changes nothing. Throws `not-found`, `forbidden`; `conflict` for a host that is not enrolled, and for the end of
 * maintenance while the host is being evacuated.
 */
export function setMaintenance(
  viewer: Viewer,
  id: string,
  { on: wanted }: HostMaintenanceInput,
  tx?: Db,
): Promise<HostResource> {
  return managing(viewer, id, tx, async (on, host) => {
    if (wanted !== (host.maintenanceAt !== null)) {
      if (wanted) await enterMaintenance(on, host)
      else await leaveMaintenance(on, host)
      await recordAudit(on, {
        ...{ action: 'host-maintenance', actor: auditActor(viewer), subject: host.name },
        ...{ accountId: host.accountId, hostId: host.id, details: { maintenance: wanted } },
      })
    }
    return getHost(viewer, host.id, on)
  })
}

type Named = Pick<Host, 'id' | 'accountId' | 'name' | 'status'>

/** Throws `conflict` for a host that is not enrolled. One that is in maintenance stays so. */
export async function enterMaintenance(on: Db, host: Named): Promise<void> {
  if (host.status === 'enrolling' || host.status === 'failed')
    throw new Problem('conflict', `${host.name} is ${host.status}: nothing is placed on it anyway.`)
  await on.$executeRaw`
    UPDATE host SET maintenance_at = coalesce(maintenance_at, now()),
      status = CASE WHEN status = 'online' THEN 'maintenance' ELSE status END
    WHERE id = ${host.id}::uuid`
  await emitEvent(on, { topic: 'host', id: host.id, accountId: host.accountId })
}

async function leaveMaintenance(on: Db, host: Named): Promise<void> {
  const evacuation = await on.operation.findFirst({
    where: { hostId: host.id, type: 'host-evacuate', status: { in: ['queued', 'running'] } },
    select: { title: true },
  })
  if (evacuation)
    throw new Problem(
      'conflict',
      `“${evacuation.title}” is under way: cancel it first, or wait until it has ended.`,
    )
  await on.$executeRaw`
    UPDATE host SET maintenance_at = NULL, status = CASE WHEN status = 'maintenance' THEN 'online' ELSE status END
    WHERE id = ${host.id}::uuid`
  await emitEvent(on, { topic: 'host', id: host.id, accountId: host.accountId })
}
