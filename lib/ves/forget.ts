import { Problem } from '../contract/problem.ts'
import type { Db } from '../db/client.ts'
import { Prisma } from '../db/generated/client.ts'

/**
 * Deletes the rows of destroyed VEs, because what they refer to goes: their host, or their template. Who had which address when
 * is written down with the address first: that is kept for good. Throws `conflict` while one of them can be made again from a backup.
 */
export async function forgetDestroyedVes(
  tx: Db,
  of: { hostId: string } | { templateId: string },
): Promise<void> {
  const referring =
    'hostId' in of
      ? Prisma.sql`ve.host_id = ${of.hostId}::uuid`
      : Prisma.sql`ve.template_id = ${of.templateId}::uuid`
  const ve = { ...of, destroyedAt: { not: null } }
  await refuseBackedUp(tx, ve)
  await tx.veAddress.deleteMany({ where: { ve, pending: true } })
  await tx.$executeRaw`
    UPDATE ve_address SET ve_id = NULL, interface_id = NULL,
      former_ve_id = ve.id, former_veid = ve.veid, former_name = ve.name, former_ifname = ve_interface.ifname
    FROM ve, ve_interface
    WHERE ve.id = ve_address.ve_id AND ve_interface.id = ve_address.interface_id
      AND ve.destroyed_at IS NOT NULL AND ${referring}`
  await tx.veInterface.deleteMany({ where: { ve } })
  await tx.ve.deleteMany({ where: ve })
}

async function refuseBackedUp(tx: Db, ve: Prisma.VeWhereInput): Promise<void> {
  const count = await tx.backup.count({ where: { ve } })
  if (count > 0)
    throw new Problem(
      'conflict',
      `${count === 1 ? 'A backup' : `${count} backups`} of destroyed VEs would be of no use without it: delete them first.`,
    )
}
