import type { AgentResult, ObservedVe } from '../../contract/agent-protocol.ts'
import { MOVE_KIND, type MoveKind, type MoveObstacle } from '../../contract/moves.ts'
import { Problem } from '../../contract/problem.ts'
import type { Db } from '../../db/client.ts'
import { raiseEpoch } from '../../moves/land.ts'
import type { MoveResult } from '../../moves/resource.ts'
import type { Outcome, Saga, SettledContext } from '../saga.ts'
import { askToHalt, awaitHalt, takeOff } from './ve-halt-subject.ts'
import { type LookedAt, lookAtBoth } from './ve-look-subject.ts'
import {
  type Activated,
  activate,
  callOff,
  clearSource,
  type Frozen,
  hasLanded,
  lookedOf,
  type MoveContext,
  namesOf,
  takeBack,
} from './ve-move-subject.ts'
import { settleVe, startBySpec } from './ve-subject.ts'

type Offered = AgentResult<'move-offer'> & { expiresAt: number }
type Settled = SettledContext<'ve-move'>

/** Longer than the operation may take. */
const KEY_MS = 8 * 3_600_000

function refuse(kind: MoveKind, { obstacles }: { obstacles: MoveObstacle[] }): void {
  const inTheWay = obstacles.filter(({ kinds }) => kinds.includes(kind))
  if (inTheWay.length === 0) return
  const sentences = inTheWay.map(({ text, remedy }) => (remedy === null ? text : `${text} ${remedy}`))
  throw new Problem('move-impossible', `${MOVE_KIND[kind].label}: ${sentences.join(' ')}`, {
    context: { obstacles: inTheWay },
  })
}

const targetOf = ({ outputs }: Pick<MoveContext, 'outputs'>) => {
  const { address, port } = (outputs.look as LookedAt).target
  return { address, port, ...(outputs.receive as AgentResult<'move-receive'>) }
}

/** Steps that others do without say so. */
function restarts({ input, progress }: MoveContext): boolean {
  if (input.kind === 'restart') return true
  progress(`Not needed: ${MOVE_KIND[input.kind].label.toLowerCase()}`)
  return false
}
const NOT_ASKED = { asked: false, at: 0 }

export const veMoveSaga: Saga<'ve-move'> = {
  steps: {
    look: {
      async do(context): Promise<LookedAt> {
        const looked = await lookAtBoth(context)
        refuse(context.input.kind, looked)
        return looked
      },
    },
    offer: {
      async do(context): Promise<Offered> {
        const { here } = await namesOf(context)
        const offered = await context.call(lookedOf(context).source.id, 'move-offer', here)
        return { ...offered, expiresAt: Date.now() + KEY_MS }
      },
      undo: callOff,
    },
    receive: {
      async do(context) {
        const { there, digest, here } = await namesOf(context)
        const { publicKey, expiresAt } = context.outputs.offer as Offered
        const from = lookedOf(context).source.address
        const params = { spec: there, move: here.move, publicKey, from, expiresAt }
        return context.call(context.input.hostId, 'move-receive', params, digest)
      },
    },
    disk: {
      async do(context) {
        const { here } = await namesOf(context)
        const params = { ...here, target: targetOf(context) }
        return context.call(lookedOf(context).source.id, 'move-disk', params)
      },
    },
    halt: {
      do: async (context) => (restarts(context) ? askToHalt(context) : NOT_ASKED),
      /** What was to be stopped for the move goes on where it was. */
      async undo(context) {
        if (context.input.kind !== 'restart' || (await hasLanded(context))) return
        if (context.outputs.halt !== undefined && context.outputs.stop === undefined) await takeOff(context)
        await startBySpec(context, context.input.veId)
      },
    },
    wait: { do: async (context) => (restarts(context) ? awaitHalt(context) : null) },
    stop: { do: async (context) => (restarts(context) ? takeOff(context) : null) },
    freeze: {
      async do(context): Promise<Frozen> {
        const { here } = await namesOf(context)
        const live = context.input.kind === 'live'
        const params = { ...here, target: targetOf(context), live }
        if (live) await context.prepare(context.input.hostId)
        const frozen = await context.call(lookedOf(context).source.id, 'move-freeze', params)
        return { ...frozen, at: Date.now() }
      },
      undo: takeBack,
    },
    activate: {
      begin: (tx, { input, outputs }) => raiseEpoch(tx, input.veId, (outputs.look as LookedAt).epoch + 1),
      do: activate,
      committed: true,
    },
    done: {
      async do(context) {
        const cleared = await clearSource(context)
        const { problem } = context.outputs.activate as Activated
        if (problem) throw Problem.fromJson(problem)
        return { cleared }
      },
      committed: true,
    },
  },
  settle,
  result,
}

function result({ input, outputs }: Settled): MoveResult {
  const { source, target, memoryBytes, predictedMilliseconds } = outputs.look as LookedAt
  const frozen = outputs.freeze as Frozen
  const { began, restoreMilliseconds } = outputs.activate as Activated
  const live = input.kind === 'live'
  const handover = live ? Math.max(0, began - frozen.at) : 0
  const parts = { ...frozen.parts, handover, restore: restoreMilliseconds }
  const total = Object.values(parts).reduce((sum, each) => sum + each, 0)
  return {
    ...{ kind: input.kind, memoryBytes, bytes: frozen.bytes, parts },
    from: { id: source.id, name: source.name },
    to: { id: target.id, name: target.name },
    passes: (outputs.disk as AgentResult<'move-disk'>).passes,
    predictedMilliseconds: live ? predictedMilliseconds : null,
    freezeMilliseconds: live ? total : null,
    cleared: (outputs.done as { cleared: boolean }).cleared,
  }
}

async function settle(tx: Db, outcome: Outcome, { input, outputs }: Settled): Promise<void> {
  const { veId } = input
  const activated = outputs.activate as Activated | undefined
  if (outcome.status === 'stuck')
    return settleVe(tx, veId, { state: 'failed', problem: outcome.problem, keepStart: true })
  const free = { movingToId: null }
  if (outcome.status === 'succeeded' && activated)
    return settleVe(tx, veId, { state: stateSeen(activated.ve), observed: activated.ve }, free)
  const told = outcome.status === 'failed' ? { problem: outcome.problem } : {}
  const ve = await tx.ve.findUniqueOrThrow({ where: { id: veId }, select: { hostId: true, observed: true } })
  // A look at that host from before the VE came may have been written since.
  const seen = activated?.ve ?? (ve.observed as ObservedVe | null)
  if (ve.hostId === input.hostId) {
    // Undoing found it taken over, and finished the move: what failed before is no matter of the VE's then.
    const finished =
      activated === undefined && seen?.state === (input.kind === 'cold' ? 'stopped' : 'running')
    const landed = { state: stateSeen(seen), observed: seen }
    return settleVe(tx, veId, { ...landed, ...(finished ? {} : told) }, free)
  }
  const before = (outputs.look as LookedAt | undefined)?.before
  const state = before ?? stateBefore(input.kind, seen)
  await settleVe(tx, veId, { state, ...told, keepStart: outputs.stop === undefined }, free)
}

function stateSeen(seen: ObservedVe | null) {
  return seen === null || seen.state === 'absent' ? ('failed' as const) : seen.state
}

/** Of one that was refused before anybody asked its host: as it was seen last, else as it has to be to move so. */
function stateBefore(kind: MoveKind, seen: ObservedVe | null) {
  const runs = seen === null ? kind !== 'cold' : seen.state === 'running'
  return runs ? ('running' as const) : ('stopped' as const)
}
