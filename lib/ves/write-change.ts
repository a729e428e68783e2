/** Writes down a change that its host has taken up, or lets go of what was reserved for one that came to nothing. */
import type { ObservedVe } from '../contract/agent-protocol.ts'
import type { Db } from '../db/client.ts'
import type { Prisma } from '../db/generated/client.ts'
import { emitEvent } from '../events/emit.ts'
import { waitingLimits } from '../limits/limits-next-start.ts'
import { FROM_NEXT_START, type VeChange, type VeInterfacesChange } from './change.ts'
import { interfaceColumns } from './changed-row.ts'
import { limitColumns, limitsOfRow } from './limits/row.ts'

/** `observed`: what the agent answered. A VE that is gone is no error. Emits no event of the VE: whoever ends the operation does. */
export async function writeChange(
  tx: Db,
  veId: string,
  change: VeChange,
  observed: ObservedVe,
): Promise<void> {
  const waits = observed.state === 'running' && (await waitsForStart(tx, veId, change))
  await tx.ve.updateMany({
    where: { id: veId, destroyedAt: null },
    data: {
      ...columnsOf(change),
      observed,
      observedAt: new Date(),
      ...(waits && observed.startedAt ? { staleRun: new Date(observed.startedAt) } : {}),
    },
  })
  if (change.planVersionId) await writePlan(tx, veId, change.planVersionId)
  if (change.firewall) await writeSetUses(tx, veId, change.firewall)
  if (change.interfaces) await writeInterfaces(tx, change.interfaces)
}

async function waitsForStart(tx: Db, veId: string, change: VeChange): Promise<boolean> {
  if (FROM_NEXT_START.some((part) => change[part] !== undefined)) return true
  if (!change.limits) return false
  const ve = await tx.ve.findUnique({ where: { id: veId } })
  return ve !== null && waitingLimits(limitsOfRow(ve), change.limits).length > 0
}

function columnsOf(change: VeChange): Prisma.VeUncheckedUpdateManyInput {
  const { hostname, dns, limits, features, namespaces, application, devices, networkDevices, firewall } =
    change
  const given = { hostname, features, namespaces, application, devices, networkDevices, firewall }
  return {
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
    ...(dns ? { dnsServers: dns.servers, searchDomains: dns.search } : {}),
    ...(limits ? limitColumns(limits) : {}),
    ...(change.sshKeys ? { sshKeys: change.sshKeys } : {}),
  }
}

/** None when the plan was removed since, which a change that is tried again may find. */
async function writePlan(tx: Db, veId: string, versionId: string): Promise<void> {
  await tx.$executeRaw`
    UPDATE ve SET plan_version_id = (SELECT id FROM plan_version WHERE id = ${versionId}::uuid)
    WHERE id = ${veId}::uuid AND destroyed_at IS NULL`
}

export function setIdsOf(firewall: NonNullable<VeChange['firewall']>): string[] {
  return [...new Set(firewall.entries.flatMap((entry) => ('setId' in entry ? [entry.setId] : [])))]
}

async function writeSetUses(tx: Db, veId: string, firewall: NonNullable<VeChange['firewall']>) {
  await tx.veFirewallSet.deleteMany({ where: { veId } })
  await tx.veFirewallSet.createMany({ data: setIdsOf(firewall).map((setId) => ({ veId, setId })) })
}

async function writeInterfaces(tx: Db, change: VeInterfacesChange): Promise<void> {
  const now = new Date()
  await tx.veInterface.updateMany({ where: { id: { in: change.add } }, data: { pending: false } })
  await tx.veAddress.updateMany({
    where: { OR: [{ id: { in: change.assign } }, { interfaceId: { in: change.add } }], pending: true },
    data: { pending: false },
  })
  for (const settings of change.set)
    await tx.veInterface.updateMany({ where: { id: settings.id }, data: interfaceColumns(settings) })
  await tx.veAddress.updateMany({
    where: { OR: [{ id: { in: change.release } }, { interfaceId: { in: change.remove } }], releasedAt: null },
    data: { releasedAt: now },
  })
  await tx.veInterface.updateMany({
    where: { id: { in: change.remove }, removedAt: null },
    data: { removedAt: now },
  })
  await emitEvent(tx, { topic: 'addresses', id: null, accountId: null })
}

/** Rows that were reserved for the change and never became the VE's: no part of their history. */
export async function dropReserved(tx: Db, change: VeChange): Promise<void> {
  const { interfaces } = change
  if (!interfaces) return
  await tx.veAddress.deleteMany({
    where: {
      OR: [{ id: { in: interfaces.assign } }, { interfaceId: { in: interfaces.add } }],
      pending: true,
    },
  })
  await tx.veInterface.deleteMany({ where: { id: { in: interfaces.add }, pending: true } })
  await emitEvent(tx, { topic: 'addresses', id: null, accountId: null })
}
