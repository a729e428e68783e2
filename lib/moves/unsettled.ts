/**
 * Moves that could not be taken back: one of the two hosts did not answer, so the other keeps the VE standing still, or has it. Released
 * or not, they are tried again until both have answered: nothing else leads out.
 */
import { Problem } from '../contract/problem.ts'
import type { Db } from '../db/client.ts'
import { type Host, type Operation, Prisma } from '../db/generated/client.ts'

type Unsettled = { title: string }

/** Only while the VE is the panel's where it was then, at the epochs of that move and of taking it back. */
function unsettled(tx: Db, which: Prisma.Sql): Promise<Unsettled[]> {
  return tx.$queryRaw<Unsettled[]>`
    SELECT o.title FROM operation o
    JOIN operation_step look ON look.operation_id = o.id AND look.name = 'look'
    JOIN ve ON ve.id = o.ve_id AND ve.destroyed_at IS NULL
      AND ve.host_id = (look.output->'source'->>'id')::uuid AND ve.epoch <= (look.output->>'epoch')::int + 2
    WHERE ${which} AND o.type = 've-move' AND o.status IN ('failed', 'stuck')
      AND EXISTS (SELECT 1 FROM operation_step s WHERE s.operation_id = o.id AND s.status = 'undo-failed')`
}

export async function isUnsettled(tx: Db, { id }: Pick<Operation, 'id'>): Promise<boolean> {
  return (await unsettled(tx, Prisma.sql`o.id = ${id}::uuid`)).length > 0
}

/** It goes on being taken back: what may be on the other host counts there again. */
export async function keepRoomAgain(tx: Db, { input }: Pick<Operation, 'input'>): Promise<void> {
  const { veId, hostId } = input as { veId: string; hostId: string }
  const there = await tx.host.count({ where: { id: hostId } })
  if (there > 0)
    await tx.ve.updateMany({ where: { id: veId, destroyedAt: null }, data: { movingToId: hostId } })
}

/** One that answers can say whether it has the VE. Throws `conflict`. */
export async function refuseUnsettledTo(tx: Db, host: Pick<Host, 'id' | 'name' | 'status'>): Promise<void> {
  if (host.status !== 'online' && host.status !== 'maintenance') return
  const [move] = await unsettled(tx, Prisma.sql`o.input->>'hostId' = ${host.id}`)
  if (!move) return
  throw new Problem(
    'conflict',
    `${host.name} may have the VE of “${move.title}”, which could not be taken back: retry that operation first.`,
  )
}
