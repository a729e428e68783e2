import type { ObservedVe } from '../../contract/agent-protocol.ts'
import { Problem } from '../../contract/problem.ts'
import type { Db } from '../../db/client.ts'
import { noteRollback } from '../../snapshots/settle.ts'
import type { Outcome, Saga, SettledContext } from '../saga.ts'
import { askToHalt, awaitHalt, takeOff } from './ve-halt-subject.ts'
import { type Sized, sizesOf } from './ve-snapshot-subject.ts'
import {
  killIfThere,
  loadVe,
  observe,
  resumeBySpec,
  settleVe,
  startBySpec,
  textDigest,
} from './ve-subject.ts'

type Looked = { before: 'running' | 'stopped' | 'hibernated' }
type RolledBack = Sized & { ve: ObservedVe }
type Settled = SettledContext<'ve-snapshot-rollback'>

const before = ({ outputs }: Pick<Settled, 'outputs'>) => (outputs.look as Looked | undefined)?.before

function wasHibernated(): Problem {
  const sentence = 'It was hibernated after this was asked for, and rolling it back throws that memory away.'
  return new Problem('ve-state-forbids', `${sentence} Ask for it again if that may be, or resume it first.`)
}

export const veSnapshotRollbackSaga: Saga<'ve-snapshot-rollback'> = {
  steps: {
    /** Before anything is stopped for a snapshot that is not there, or does not go with the VE any more. */
    look: {
      async do(context): Promise<Looked> {
        const { veId, snapshotId: snapshot, discardMemory } = context.input
        const { hostId, spec } = await loadVe(veId)
        const asked = { spec, snapshot, look: true }
        const { state } = await context.call(hostId, 've-snapshot-rollback', asked, `look:${Date.now()}`)
        if (state === 'hibernated' && !discardMemory) throw wasHibernated()
        return { before: state === 'running' || state === 'hibernated' ? state : 'stopped' }
      },
    },
    halt: {
      do: async (context) =>
        before(context) === 'running' ? askToHalt(context) : { asked: false, at: Date.now() },
    },
    wait: { do: awaitHalt },
    stop: {
      do: takeOff,
      /** Its disk is as it was, so it goes on from that if it ran. */
      async undo(context) {
        if (before(context) !== 'running' || context.outputs.rollback !== undefined) return
        const seen = await observe(context, context.input.veId)
        if (seen?.state !== 'hibernated') await startBySpec(context, context.input.veId)
      },
    },
    // Without an undo: what the disk was is gone. A host that fails leaves it as it was.
    rollback: {
      async do(context): Promise<RolledBack> {
        const { hostId, spec } = await loadVe(context.input.veId)
        const params = { spec, snapshot: context.input.snapshotId }
        const ve = await context.call(hostId, 've-snapshot-rollback', params, textDigest(spec))
        return { ve, ...(await sizesOf(context)) }
      },
    },
    start: {
      async do(context) {
        const { veId, start, memory } = context.input
        if (!start) return null
        return memory ? resumeBySpec(context, veId) : startBySpec(context, veId)
      },
      /** What was not brought back from its memory has it still. */
      async undo(context) {
        const { veId, start, memory } = context.input
        if (!start) return
        const seen = await observe(context, veId)
        if (!memory || seen?.state === 'running') await killIfThere(context)
      },
    },
  },
  async settle(tx, outcome, context) {
    const { input, outputs } = context
    const rolledBack = outputs.rollback as RolledBack | undefined
    if (rolledBack) await noteRollback(tx, input.snapshotId, rolledBack)
    if (outcome.status === 'succeeded') {
      const observed = (outputs.start ?? rolledBack?.ve) as ObservedVe
      const state = observed.state === 'absent' ? 'failed' : observed.state
      return settleVe(tx, input.veId, { state, observed })
    }
    await settleFailed(tx, outcome, context)
  },
}

async function settleFailed(tx: Db, outcome: Exclude<Outcome, { status: 'succeeded' }>, context: Settled) {
  const { veId, memory } = context.input
  const { problem } = outcome
  if (outcome.status === 'stuck') return settleVe(tx, veId, { state: 'failed', problem })
  const told = outcome.status === 'failed' ? { problem } : {}
  if (context.outputs.rollback) {
    const state = memory ? 'hibernated' : 'stopped'
    return settleVe(tx, veId, { state, ...told })
  }
  const state = before(context) ?? (await seenBefore(tx, veId))
  // Its memory went when it was taken off.
  const left = state === 'hibernated' && context.outputs.stop !== undefined ? 'stopped' : state
  await settleVe(tx, veId, { state: left, ...told, keepStart: context.outputs.stop === undefined })
}

async function seenBefore(tx: Db, veId: string): Promise<Looked['before']> {
  const ve = await tx.ve.findUnique({ where: { id: veId }, select: { observed: true } })
  const state = (ve?.observed as ObservedVe | null)?.state
  return state === 'running' || state === 'hibernated' ? state : 'stopped'
}
