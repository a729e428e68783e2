import type { MoveObstacle, MoveOrigin } from '../../contract/moves.ts'
import { Problem } from '../../contract/problem.ts'
import { VE_STATE } from '../../contract/ve-state.ts'
import { db } from '../../db/client.ts'
import { type Leaving, pairKey, planMoves } from '../../fleet/plan-moves.ts'
import { readFleet, readOwn, readRows } from '../../fleet/read-fleet.ts'
import type { FleetPlan } from '../../fleet/resource.ts'
import type { Moving } from '../../moves/obstacles.ts'
import { veSpecOf } from '../../ves/spec.ts'
import { isPassing } from '../passing.ts'
import type { Saga, SagaContext } from '../saga.ts'
import { wayOut } from '../way-out.ts'
import { textDigest, veKeyOf } from './ve-subject.ts'

type Context = SagaContext<'host-evacuation-plan'>
/** By VE. `origin` is null where its host was not asked. */
type Looked = Record<
  string,
  { obstacles: MoveObstacle[]; origin: MoveOrigin | null; memoryBytes: number; diskBytes: number }
>

/** How many hosts or VEs are asked about at once. */
const AT_ONCE = 4

export const hostEvacuationPlanSaga: Saga<'host-evacuation-plan'> = {
  steps: {
    look: { do: look },
    choose: { do: choose },
  },
  result: ({ outputs }) => outputs.choose,
}

async function look(context: Context): Promise<Looked> {
  const rows = await readRows(db(), { hostId: context.input.hostId })
  const looked: Looked = {}
  await some(rows, async (row) => {
    looked[row.id] = { ...(await lookAt(context, row)) }
    context.progress(`${Object.keys(looked).length} of ${rows.length}`)
  })
  return looked
}

async function lookAt(context: Context, row: Moving): Promise<Looked[string]> {
  const stays = (text: string) => ({
    obstacles: [inEveryWay(text)],
    origin: null,
    memoryBytes: 0,
    diskBytes: 0,
  })
  if (row.state !== 'running' && row.state !== 'stopped') {
    const { label, transitional } = VE_STATE[row.state]
    const then = transitional ? ' Plan again once that has ended.' : wayOut(row.state)
    return stays(`It is ${label.toLowerCase()}.${then}`)
  }
  if (row.movingToId !== null) return stays('It is being moved already.')
  const key = veKeyOf(veSpecOf(row))
  try {
    return await context.call(row.hostId, 'move-look', key, `${row.veid}:${Date.now()}`)
  } catch (error) {
    if (context.signal.aborted || !(error instanceof Problem) || isPassing(error)) throw error
    return stays(error.detail)
  }
}

/** What is chosen is asked of the hosts, and chosen anew with what they say, until nothing chosen has been left unasked. */
async function choose(context: Context): Promise<FleetPlan> {
  const { input, outputs, progress, signal } = context
  const looked = outputs.look as Looked
  const rows = (await readRows(db(), { hostId: input.hostId })).filter(({ id }) => looked[id])
  const host = await db().host.findUnique({ where: { id: input.hostId } })
  if (!host) throw new Problem('not-found', 'This host does not exist any more.')
  const own = await readOwn(
    db(),
    rows.map(({ id }) => id),
  )
  const leaving = rows.map((row): Leaving => {
    const { obstacles, memoryBytes, diskBytes } = looked[row.id] as Looked[string]
    const from = { id: host.id, name: host.name }
    return { row, from, obstacles, memoryBytes, diskBytes, ...own(row.id) }
  })
  const fleet = await readFleet(db(), host.accountId, rows)
  const refused = new Map<string, MoveObstacle[]>()
  for (;;) {
    signal.throwIfAborted()
    const plan = planMoves(leaving, fleet, { restart: input.restart, refused })
    const unasked = plan.moves.filter(({ ve, to }) => !refused.has(pairKey(ve.id, to.id)))
    progress(`${plan.moves.length - unasked.length} of ${plan.moves.length} asked`)
    if (unasked.length === 0) return plan
    await some(unasked, async ({ ve, to }) => {
      const row = rows.find(({ id }) => id === ve.id)
      const seen = looked[ve.id]
      if (row && seen) refused.set(pairKey(ve.id, to.id), await fits(context, row, seen, to))
    })
  }
}

/** A host that does not answer takes none. */
async function fits(
  { call, signal }: Context,
  row: Moving,
  { origin, diskBytes }: Looked[string],
  to: { id: string; name: string },
): Promise<MoveObstacle[]> {
  const spec = veSpecOf(row)
  if (origin === null) return []
  const params = { spec: { ...spec, epoch: spec.epoch + 1 }, origin, diskBytes }
  try {
    const { obstacles } = await call(to.id, 'move-fits', params, textDigest([params, Date.now()]))
    return obstacles
  } catch (error) {
    if (signal.aborted || !(error instanceof Problem)) throw error
    return [inEveryWay(`${to.name}: ${error.detail}`)]
  }
}

const inEveryWay = (text: string): MoveObstacle => ({
  kinds: ['live', 'restart', 'cold'],
  text,
  remedy: null,
})

async function some<T>(all: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  const queue = [...all]
  const take = async () => {
    for (let one = queue.shift(); one !== undefined; one = queue.shift()) await work(one)
  }
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, all.length) }, take))
}
