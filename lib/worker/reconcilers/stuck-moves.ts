/** Goes on taking back moves that got stuck because a host did not answer, once both answer: a VE may stand still for it. */
import { Problem } from '../../contract/problem.ts'
import { db, transaction } from '../../db/client.ts'
import { BY_ITSELF } from '../../operations/by-itself.ts'
import { retryOperation } from '../../operations/control.ts'
import { PASSING } from '../../operations/passing.ts'
import type { Reconciler } from './reconciler.ts'

const AGAIN_AFTER_SECONDS = 30

export const stuckMoves: Reconciler = {
  name: 'stuck-moves',
  everyMs: 5_000,
  async run() {
    for (const { id } of await readStuck()) await tryAgain(id)
  },
}

/** Of those that got stuck for another reason a person has to judge. */
function readStuck(): Promise<{ id: string }[]> {
  return db().$queryRaw<{ id: string }[]>`
    SELECT o.id FROM operation o
    JOIN operation_step look ON look.operation_id = o.id AND look.name = 'look'
    JOIN host source ON source.id = (look.output->'source'->>'id')::uuid
    JOIN host target ON target.id = (o.input->>'hostId')::uuid
    WHERE o.status = 'stuck' AND o.type = 've-move'
      AND o.problem->>'code' = ANY(${[...PASSING]}::text[])
      AND source.status IN ('online', 'maintenance') AND target.status IN ('online', 'maintenance')
      AND o.ended_at < now() - ${AGAIN_AFTER_SECONDS}::int * interval '1 second'`
}

async function tryAgain(id: string): Promise<void> {
  try {
    await transaction((tx) => retryOperation(tx, id, BY_ITSELF))
  } catch (error) {
    // Another worker, or a person, was first; or something else works on the VE.
    if (!(error instanceof Problem)) throw error
  }
}
