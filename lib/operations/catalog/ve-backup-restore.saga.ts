import { noteRestored } from '../../backups/settle.ts'
import type { ObservedVe } from '../../contract/agent-protocol.ts'
import type { Saga, SettledContext } from '../saga.ts'
import { loadTaken } from './ve-backup-subject.ts'
import { askToHalt, awaitHalt, takeOff } from './ve-halt-subject.ts'
import { killIfThere, loadVe, observe, settleVe, startBySpec, textDigest } from './ve-subject.ts'

type Looked = { before: 'running' | 'stopped' }
type Settled = SettledContext<'ve-backup-restore'>

const before = ({ outputs }: Pick<Settled, 'outputs'>) => (outputs.look as Looked | undefined)?.before

export const veBackupRestoreSaga: Saga<'ve-backup-restore'> = {
  steps: {
    /** Before anything is stopped for a backup that is not what was written. */
    look: {
      async do(context): Promise<Looked> {
        const { hostId, named, digest } = await loadTaken(context.input.backupId)
        await context.call(hostId, 'backup-verify', { ...named, digest })
        const state = (await observe(context, context.input.veId))?.state
        return { before: state === 'running' ? state : 'stopped' }
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
        if (before(context) !== 'running' || context.outputs.restore !== undefined) return
        await startBySpec(context, context.input.veId)
      },
    },
    // Without an undo: what the disk was is gone. A host that fails leaves it as it was.
    restore: {
      async do({ input, call }) {
        const { hostId, spec } = await loadVe(input.veId)
        const { named, digest } = await loadTaken(input.backupId)
        return call(hostId, 've-backup-restore', { spec, ...named, digest }, textDigest(spec))
      },
    },
    start: {
      do: async (context) => (context.input.start ? startBySpec(context, context.input.veId) : null),
      async undo(context) {
        if (context.input.start) await killIfThere(context)
      },
    },
  },
  async settle(tx, outcome, context) {
    const { input, outputs } = context
    const restored = outputs.restore as ObservedVe | undefined
    if (restored) await noteRestored(tx, input.backupId)
    if (outcome.status === 'succeeded') {
      const observed = (outputs.start ?? restored) as ObservedVe
      const state = observed.state === 'absent' ? 'failed' : observed.state
      return settleVe(tx, input.veId, { state, observed })
    }
    const { problem, status } = outcome
    if (status === 'stuck') return settleVe(tx, input.veId, { state: 'failed', problem })
    const state = restored ? 'stopped' : (before(context) ?? (await seenBefore(tx, input.veId)))
    const told = status === 'failed' ? { problem } : {}
    await settleVe(tx, input.veId, { state, ...told, keepStart: outputs.stop === undefined })
  },
}

async function seenBefore(
  tx: Parameters<NonNullable<typeof veBackupRestoreSaga.settle>>[0],
  veId: string,
): Promise<Looked['before']> {
  const ve = await tx.ve.findUnique({ where: { id: veId }, select: { observed: true } })
  return (ve?.observed as ObservedVe | null)?.state === 'running' ? 'running' : 'stopped'
}
