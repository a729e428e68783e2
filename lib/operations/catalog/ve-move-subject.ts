/** How a move ends on both hosts: one way or the other, never both. lib/contract/moves.ts says in which order. */
import { setTimeout as delay } from 'node:timers/promises'
import type { AgentResult, ObservedVe } from '../../contract/agent-protocol.ts'
import { Problem, type ProblemJson } from '../../contract/problem.ts'
import { db, transaction } from '../../db/client.ts'
import { noteKept } from '../../moves/kept.ts'
import { land, noteRemains, raiseEpoch } from '../../moves/land.ts'
import { recordTraffic } from '../../worker/samples/record-traffic.ts'
import { isPassing } from '../passing.ts'
import type { SagaContext } from '../saga.ts'
import type { LookedAt } from './ve-look-subject.ts'
import { loadVe, textDigest } from './ve-subject.ts'

export type MoveContext = SagaContext<'ve-move'>
export type Frozen = AgentResult<'move-freeze'> & { at: number }
/** `problem`: it is the destination's, but does not run there as it should. */
export type Activated = {
  ve: ObservedVe
  began: number
  restoreMilliseconds: number
  problem: ProblemJson | null
}

const PATIENCE_MS = 60_000
const CLEARING_MS = 15_000
const AGAIN_MS = 1_000

export async function patiently<T>(
  work: () => Promise<T>,
  signal: AbortSignal,
  forMs = PATIENCE_MS,
): Promise<T> {
  const until = Date.now() + forMs
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (signal.aborted || !isPassing(error) || Date.now() > until) throw error
      await delay(AGAIN_MS, undefined, { signal })
    }
  }
}

export function lookedOf({ outputs }: Pick<MoveContext, 'outputs'>): LookedAt {
  if (outputs.look === undefined) throw new Error('The move has not been looked at.')
  return outputs.look as LookedAt
}

/** What names the VE and the move in requests to the host it leaves, and to the other. */
export async function namesOf(context: MoveContext) {
  const { epoch } = lookedOf(context)
  const { spec } = await loadVe(context.input.veId)
  const { veid, uuid } = spec
  const move = context.operationId
  const there = { ...spec, epoch: epoch + 1 }
  return {
    here: { veid, uuid, epoch, move },
    coming: { veid, uuid, epoch: epoch + 1, move },
    there,
    digest: textDigest(there),
  }
}

export async function hasLanded({ input }: Pick<MoveContext, 'input'>): Promise<boolean> {
  const ve = await db().ve.findUnique({ where: { id: input.veId }, select: { hostId: true } })
  return ve?.hostId === input.hostId
}

/** Each request anew: what an earlier one answered may not be so any more. */
const anew = (what: string) => `${what}:${Date.now()}`

/**
 * The destination drops what came, or says that the VE is its own already. One that was removed from the panel is gone by the word of
 * whoever removed it: lib/hosts/commands.ts refuses that of one that is online.
 */
async function dropThere(context: MoveContext): Promise<'dropped' | 'adopted'> {
  const { coming } = await namesOf(context)
  const { hostId } = context.input
  if ((await db().host.count({ where: { id: hostId } })) === 0) {
    context.log(
      `${lookedOf(context).target.name} was removed from the panel: nothing of the move is there any more.`,
    )
    // Should that machine ever come back, what it has of the VE is of the past.
    await transaction((tx) => raiseEpoch(tx, context.input.veId, coming.epoch + 1))
    return 'dropped'
  }
  try {
    await context.call(hostId, 'move-cancel', { ...coming, dropped: false }, anew('drop'))
    return 'dropped'
  } catch (error) {
    if (error instanceof Problem && error.code === 've-state-forbids') return 'adopted'
    throw error
  }
}

/** Asks the source to let it go on. False when it has released it: the destination has to be asked first then. */
async function goesOnHere(context: MoveContext): Promise<boolean> {
  const { here } = await namesOf(context)
  try {
    const { source } = lookedOf(context)
    await context.call(source.id, 'move-cancel', { ...here, dropped: false }, anew('keep'))
    return true
  } catch (error) {
    if (error instanceof Problem && error.code === 've-state-forbids') return false
    throw error
  }
}

/** Writes down that the VE is the destination's, as that host shows it. */
async function landAsSeen(context: MoveContext): Promise<ObservedVe> {
  const { input, call } = context
  const { coming } = await namesOf(context)
  const { ves } = await call(input.hostId, 've-state', { veid: coming.veid }, anew('state'))
  const observed = ves.find(({ uuid }) => uuid === coming.uuid)
  if (!observed)
    throw new Problem('agent-failed', 'The destination says that it has the VE, and does not show it.')
  await writeLanding(context, observed)
  return observed
}

async function writeLanding(context: MoveContext, observed: ObservedVe): Promise<void> {
  const { source, target, epoch } = lookedOf(context)
  const landed = { veId: context.input.veId, from: source.id, to: target.id, epoch: epoch + 1, observed }
  await transaction((tx) => land(tx, landed))
}

/**
 * What passed since its host was looked at last: nobody looks there again, and it is not that host's any more once it has landed. A
 * host that does not answer now costs these seconds. Beside the activation, so that the VE does not stand still for it.
 */
async function countLast(context: MoveContext): Promise<void> {
  const { source } = lookedOf(context)
  const { here } = await namesOf(context)
  try {
    const { ves } = await context.call(source.id, 've-state', { veid: here.veid }, anew('last'))
    await recordTraffic(source.id, { ves: ves.filter(({ uuid }) => uuid === here.uuid) })
  } catch (error) {
    if (context.signal.aborted) throw error
    context.log(`The last of its traffic on ${source.name} is not counted: ${Problem.from(error).detail}`)
  }
}

/**
 * Lets it go on at the destination. A destination that has taken it over and cannot bring it to life keeps it: that is no failure to
 * be undone. Throws what it failed with only when the destination has promised never to activate this move, or did not answer.
 */
export async function activate(context: MoveContext): Promise<Activated> {
  const { input, outputs, call, signal } = context
  const { there, digest, coming } = await namesOf(context)
  const { release } = outputs.freeze as Frozen
  const start = input.kind === 'restart'
  const params = { spec: there, move: coming.move, release, start }
  const began = Date.now()
  try {
    const [done] = await Promise.all([
      patiently(() => call(input.hostId, 'move-activate', params, digest), signal),
      countLast(context),
    ])
    await writeLanding(context, done.ve)
    return { ...done, began, problem: null }
  } catch (error) {
    if (signal.aborted || !(error instanceof Problem) || isPassing(error)) throw error
    if ((await dropThere(context)) === 'dropped') throw error
    const ve = await landAsSeen(context)
    return { ve, began, restoreMilliseconds: 0, problem: error.toJson() }
  }
}

/** The host it left forgets it; one that does not answer, or fails at it, does so later. True when it has. Throws what it failed with. */
export async function clearSource(context: MoveContext): Promise<boolean> {
  const { input, call, signal, log } = context
  const { here } = await namesOf(context)
  const { source } = lookedOf(context)
  const newEpoch = here.epoch + 1
  const kept = { moveId: context.operationId, veId: input.veId, hostId: source.id }
  if (input.keep) await transaction((tx) => noteKept(tx, kept))
  try {
    const params = { ...here, newEpoch, keep: input.keep }
    await patiently(() => call(source.id, 'move-done', params, 'done'), signal, CLEARING_MS)
    return true
  } catch (error) {
    if (signal.aborted) throw error
    const { move: moveId, ...key } = here
    await transaction((tx) =>
      noteRemains(tx, { moveId, hostId: source.id, ...key, newEpoch, keep: input.keep }),
    )
    if (!isPassing(error)) throw error
    log(`${source.name} does not answer: it clears up once it does. It cannot start the VE again.`)
    return false
  }
}

/**
 * Undoes a move that may have been released: where nobody knows, the source says. If it was, the destination first, and only if that has
 * answered, the source. Where the destination turns out to have the VE, the move is done instead. Throws while the destination does not
 * answer: the VE stands still until it does.
 */
export async function takeBack(context: MoveContext): Promise<void> {
  if (await hasLanded(context)) return
  if (context.outputs.freeze === undefined && (await goesOnHere(context))) return
  const { source, target } = lookedOf(context)
  if (
    (await dropThere(context).catch((error) => Promise.reject(standsStill(error, target.name)))) === 'adopted'
  ) {
    context.log(`${target.name} has taken the VE over already: the move is finished.`)
    await landAsSeen(context)
    await clearSource(context)
    return
  }
  const { here } = await namesOf(context)
  await context.call(source.id, 'move-cancel', { ...here, dropped: true }, anew('back'))
}

function standsStill(error: unknown, target: string): unknown {
  if (!(error instanceof Problem) || !isPassing(error)) return error
  const sentence = `${target} does not answer (${error.detail}), and may have the VE. It stands still until ${target} says.`
  return new Problem(
    error.code,
    `${sentence} Bring ${target} back and try again; nothing is lost meanwhile. If it never comes back: make sure that it is off for good, release this operation, remove ${target} from the panel, then try this again.`,
    {
      ...(error.context ? { context: error.context } : {}),
    },
  )
}

/** Undoes a move that was never released: the VE goes on at once; a destination that does not answer clears up later. */
export async function callOff(context: MoveContext): Promise<void> {
  if (context.outputs.look === undefined || (await hasLanded(context))) return
  const { source, target } = lookedOf(context)
  const { here, coming } = await namesOf(context)
  await context.call(source.id, 'move-cancel', { ...here, dropped: false }, anew('off'))
  try {
    await patiently(() => dropThere(context), context.signal, CLEARING_MS)
  } catch (error) {
    if (context.signal.aborted || !isPassing(error)) throw error
    const { move: moveId, ...key } = coming
    await transaction((tx) =>
      noteRemains(tx, { moveId, hostId: target.id, ...key, newEpoch: null, keep: false }),
    )
    context.log(`${target.name} does not answer: what it has received is removed once it does.`)
  }
}
