/**
 * Carries out a plan of moves: one operation for each VE, a few at once, until all have ended. How far it is, is told by the moves
 * themselves (operations with this one as their parent, one for each VE), so any worker goes on with it. What fails stops no other.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { MoveKind } from '../contract/moves.ts'
import { Problem, type ProblemJson } from '../contract/problem.ts'
import { type Db, db } from '../db/client.ts'
import { retryingTransaction } from '../db/retrying-transaction.ts'
import { moveVe } from '../moves/commands.ts'
import { isLive, type OperationStatus } from '../operations/definition.ts'
import { askerOf, refuseEnded } from '../operations/parts.ts'
import type { SagaContext } from '../operations/saga.ts'
import { FLEET_MOST, type PlannedMove } from './planned.ts'
import { nextMoves } from './turns.ts'

const LOOK_AGAIN_MS = 300

type Context = Pick<SagaContext<'fleet-balance'>, 'operationId' | 'signal' | 'progress' | 'log'> & {
  input: { moves: PlannedMove[]; perPair: number; atOnce: number }
}

/** `passed`: the VE was not where it was to leave any more, or is gone. `operationId` is null where it could not even be asked for. */
export type Failed = { ve: PlannedMove['ve']; operationId: string | null; text: string }
export type CarriedOut = { moved: number; passed: string[]; failed: Failed[] }

type Part = { id: string; status: OperationStatus; problem: unknown }
/** What was not asked for: null when it need not be, else why it is refused. */
type Refused = Map<string, string | null>

export async function carryOut(context: Context): Promise<CarriedOut> {
  const { moves, perPair, atOnce } = context.input
  const refused: Refused = new Map()
  const parts = await readParts(context.operationId)
  for (;;) {
    context.signal.throwIfAborted()
    const live = moves.filter(({ ve }) => isLive(parts.get(ve.id)?.status ?? 'succeeded'))
    const left = moves.filter(({ ve }) => !parts.has(ve.id) && !refused.has(ve.id))
    context.progress(told(moves.length, live.length + left.length, resultOf(moves, parts, refused)))
    if (live.length + left.length === 0) return resultOf(moves, parts, refused)
    const room = left.length > 0 ? FLEET_MOST - (await movesOfOthers(context.operationId)) : 0
    const next = nextMoves({ live, left, perPair, atOnce: Math.min(atOnce, room) })
    for (const move of next) await tryToAsk(context, move, refused)
    if (next.length === 0) await delay(LOOK_AGAIN_MS, undefined, { signal: context.signal })
    const changing = [...live, ...next].map(({ ve }) => ve.id)
    for (const [id, part] of await readParts(context.operationId, changing)) parts.set(id, part)
  }
}

/** Moves of other plans that wait or are under way. */
function movesOfOthers(operationId: string): Promise<number> {
  const status = { in: ['queued' as const, 'running' as const] }
  const others = { NOT: [{ parentId: null }, { parentId: operationId }] }
  return db().operation.count({ where: { type: 've-move', status, ...others } })
}

function told(total: number, open: number, { failed }: CarriedOut): string {
  const ended = `${total - open} of ${total}`
  return failed.length > 0 ? `${ended}, ${failed.length} failed` : ended
}

async function readParts(parentId: string, veIds?: readonly string[]): Promise<Map<string, Part>> {
  const rows = await db().operation.findMany({
    where: { parentId, ...(veIds ? { veId: { in: [...veIds] } } : {}) },
    select: { id: true, veId: true, status: true, problem: true },
  })
  return new Map(rows.flatMap(({ veId, ...part }) => (veId === null ? [] : [[veId, part] as const])))
}

function resultOf(moves: readonly PlannedMove[], parts: Map<string, Part>, refused: Refused): CarriedOut {
  const ended = moves.flatMap(({ ve }) => {
    const part = parts.get(ve.id)
    return part && !isLive(part.status) ? [{ ve, part }] : []
  })
  const failed = ended.filter(({ part }) => part.status !== 'succeeded')
  const texts = moves.flatMap(({ ve }) => {
    const text = refused.get(ve.id)
    return text ? [{ ve, operationId: null, text }] : []
  })
  return {
    moved: ended.length - failed.length,
    passed: moves.filter(({ ve }) => refused.get(ve.id) === null).map(({ ve }) => ve.name),
    failed: [...failed.map(({ ve, part }) => ({ ve, operationId: part.id, text: whyOf(part) })), ...texts],
  }
}

function whyOf({ status, problem }: Part): string {
  if (status === 'cancelled' || problem === null) return 'Its move was cancelled.'
  return Problem.fromJson(problem as ProblemJson).detail
}

/** What is refused now is so for this plan: the others go on. Asked again by another worker it may be granted. */
async function tryToAsk(context: Context, move: PlannedMove, refused: Refused): Promise<void> {
  try {
    if (!(await ask(context, move))) refused.set(move.ve.id, null)
  } catch (error) {
    if (!(error instanceof Problem) || error.code === 'cancelled' || error.code === 'internal') throw error
    context.log(`${move.ve.name} stays on ${move.from.name}: ${error.detail}`)
    refused.set(move.ve.id, error.detail)
  }
}

/** False when it is not to be moved any more: it is gone, or not where it was. */
function ask({ operationId }: Context, { ve: { id }, from, to, kind }: PlannedMove): Promise<boolean> {
  return retryingTransaction(async (tx) => {
    await refuseEnded(tx, operationId)
    const viewer = await askerOf(tx, operationId)
    const ve = await tx.ve.findUnique({ where: { id } })
    if (!ve || ve.destroyedAt || ve.state === 'destroying' || ve.hostId !== from.id) return false
    if ((await tx.operation.count({ where: { parentId: operationId, veId: id } })) > 0) return true
    await moveVe(viewer, id, { hostId: to.id, kind: await kindNow(tx, id, kind) }, tx, operationId)
    return true
  })
}

/** It may have been started or stopped since it was planned. A restart is never chosen for anybody. */
async function kindNow(tx: Db, veId: string, planned: MoveKind): Promise<MoveKind> {
  const { state } = await tx.ve.findUniqueOrThrow({ where: { id: veId }, select: { state: true } })
  if (state === 'stopped') return 'cold'
  return state === 'running' && planned === 'cold' ? 'live' : planned
}

/** Throws `move-impossible`, naming those that stay. */
export function judge({ failed }: CarriedOut, total: number): void {
  if (failed.length === 0) return
  const named = failed.slice(0, NAMED).map(({ ve, text }) => `${ve.name}: ${text}`)
  const more = failed.length > NAMED ? ` And ${failed.length - NAMED} more.` : ''
  const count = failed.length === 1 ? 'One of' : `${failed.length} of`
  throw new Problem('move-impossible', `${count} ${total} did not move. ${named.join(' ')}${more}`, {
    context: {
      failed: failed.slice(0, NAMED).map(({ ve, operationId }) => ({ ve: ve.id, operation: operationId })),
    },
  })
}
const NAMED = 10
