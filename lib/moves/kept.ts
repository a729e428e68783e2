import type { Db } from '../db/client.ts'
import { noteRemains } from './land.ts'

type Kept = { moveId: string; hostId: string; uuid: string; veid: number; epoch: number }

/** What moves of a VE kept on hosts that it left goes with it, once those answer. Where nothing is kept there is nothing to do. */
export async function dropKept(tx: Db, veId: string): Promise<void> {
  const kept = await tx.$queryRaw<Kept[]>`
    SELECT o.id AS "moveId", h.id AS "hostId", ve.id AS uuid, ve.veid, ve.epoch
    FROM operation o JOIN ve ON ve.id = o.ve_id
    JOIN operation_step look ON look.operation_id = o.id AND look.name = 'look'
    JOIN host h ON h.id = (look.output->'source'->>'id')::uuid AND h.id <> ve.host_id
    WHERE o.ve_id = ${veId}::uuid AND o.type = 've-move' AND o.input->>'keep' = 'true'`
  for (const each of kept) await noteRemains(tx, { ...each, newEpoch: each.epoch, keep: false })
}
