import type { Db } from '../db/client.ts'
import { Prisma } from '../db/generated/client.ts'

/**
 * Deletes the rows of destroyed VEs, because what they refer to goes: their host, or their template. Who had which address when
 * is written down with the address first: that is kept for good.
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
