/** What the sagas of VEs share: reading a VE, and settling it. */
import type { ObservedVe } from '../../contract/agent-protocol.ts'
import { Problem } from '../../contract/problem.ts'
import type { VeSpec } from '../../contract/ve-spec.ts'
import { type Db, db } from '../../db/client.ts'
import { Prisma } from '../../db/generated/client.ts'
import { VE_SPEC_INCLUDE, type VeRow, veSpecOf } from '../../ves/spec.ts'
import { emitVeEvent } from '../events.ts'
import { problemColumn } from '../problem-column.ts'
import type { SagaContext } from '../saga.ts'

export type VeSubject = { hostId: string; templateId: string; sshKeys: string[]; spec: VeSpec }

/** A VE's row with all that its specification is made of, what is reserved for changes too. */
export async function loadVeRow(veId: string): Promise<VeRow> {
  const row = await db().ve.findUnique({ where: { id: veId }, include: VE_SPEC_INCLUDE })
  if (!row) throw new Problem('not-found', 'This VE does not exist any more.')
  return row
}

/** The same spec at every reading while nobody changes the VE: an agent refuses a key that comes with other parameters. */
export async function loadVe(veId: string): Promise<VeSubject> {
  const ve = await loadVeRow(veId)
  return { hostId: ve.hostId, templateId: ve.templateId, sshKeys: ve.sshKeys, spec: veSpecOf(ve) }
}

/** What names a VE in a request to its agent. */
export const veKeyOf = ({ veid, uuid, epoch }: VeSpec) => ({ veid, uuid, epoch })

/** For undoing a start, however far it got: kills what runs. */
export async function killIfThere(context: SagaContext<'ve-start'>): Promise<void> {
  const { hostId, spec } = await loadVe(context.input.veId)
  try {
    await context.call(hostId, 've-stop', veKeyOf(spec))
  } catch (error) {
    const absent = error instanceof Problem && (error.code === 'not-found' || error.code === 'veid-taken')
    if (!absent) throw error
  }
}

type Settled = {
  state: 'running' | 'stopped' | 'failed' | 'destroyed'
  problem?: Problem
  /** What the agent answered, when it did. */
  observed?: unknown
  raiseEpoch?: boolean
  /** It runs as before: the time of its start stays. */
  keepStart?: boolean
}

/** Leaves the transitional state. A VE that is gone is no error. */
export async function settleVe(
  tx: Db,
  veId: string,
  settled: Settled,
  more: Prisma.VeUncheckedUpdateManyInput = {},
): Promise<void> {
  const observed = settled.observed as ObservedVe | null | undefined
  const [ve] = await tx.ve.updateManyAndReturn({
    where: { id: veId, destroyedAt: null },
    select: { id: true, accountId: true },
    data: {
      state: settled.state,
      problem: settled.problem ? problemColumn(settled.problem) : Prisma.DbNull,
      ...(observed ? { observed, observedAt: new Date() } : {}),
      ...(settled.keepStart ? {} : { startedAt: observed?.startedAt ? new Date(observed.startedAt) : null }),
      ...(settled.raiseEpoch ? { epoch: { increment: 1 } } : {}),
      ...(settled.state === 'destroyed' ? { destroyedAt: new Date(), observed: Prisma.DbNull } : {}),
      ...more,
    },
  })
  if (ve) await emitVeEvent(tx, ve)
}
