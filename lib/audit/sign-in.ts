import { transaction } from '../db/client.ts'
import { recordAudit } from './record.ts'

/** Puts on record that somebody signed in: with the first account that they are of. */
export function recordSignIn(session: {
  userId: string
  ipAddress?: string | null | undefined
}): Promise<void> {
  return transaction(async (tx) => {
    const user = await tx.user.findUnique({
      where: { id: session.userId },
      select: { name: true, memberships: { orderBy: { createdAt: 'asc' }, take: 1 } },
    })
    const accountId = user?.memberships[0]?.accountId
    if (!user || !accountId) return
    await recordAudit(tx, {
      action: 'sign-in',
      actor: { userId: session.userId, name: user.name },
      accountId,
      subject: user.name,
      ipAddress: session.ipAddress || null,
    })
  })
}
