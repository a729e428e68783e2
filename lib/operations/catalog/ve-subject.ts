/** What the sagas of VEs share: reading a VE, starting it, and settling it. */
import { createHash } from 'node:crypto'
import type { ObservedVe } from '../../contract/agent-protocol.ts'
import { Problem } from '../../contract/problem.ts'
import { type VeGuestAccess, type VeSpec, veGuestAccess } from '../../contract/ve-spec.ts'
import { type Db, db } from '../../db/client.ts'
import { Prisma } from '../../db/generated/client.ts'
import { VE_SPEC_INCLUDE, type VeRow, veSpecOf } from '../../ves/spec.ts'
import { emitVeEvent } from '../events.ts'
import { problemColumn } from '../problem-column.ts'
import type { Outcome, SagaContext } from '../saga.ts'

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

type Context = Pick<SagaContext<'ve-start'>, 'input' | 'call'>

/** What names a VE in a request to its agent. */
export const veKeyOf = ({ veid, uuid, epoch }: VeSpec) => ({ veid, uuid, epoch })

/** Twelve hex digits that tell one value from another: for the `choice` of a call. */
export function textDigest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 12)
}

/** One that runs is left alone, so a try that finds the VE renamed or its rules edited may ask anew. */
export async function startBySpec(context: Context, veId: string): Promise<ObservedVe> {
  const { hostId, spec } = await loadVe(veId)
  return context.call(hostId, 've-start', { spec }, textDigest(spec))
}

/** The cache of a template on a host. Throws `template-not-ready`. */
export async function loadCache(templateId: string, hostId: string) {
  const cache = await db().templateCache.findUnique({ where: { templateId_hostId: { templateId, hostId } } })
  if (!cache) throw new Problem('template-not-ready', 'The host does not have the cache of this template.')
  return { cache: cache.cache, digest: cache.digest }
}

const rootPasswordOf = veGuestAccess.shape.rootPassword

/** The secret is `{ rootPassword? }` or nothing. */
export function guestAccess(secret: unknown, sshKeys: string[]): VeGuestAccess {
  const rootPassword = rootPasswordOf.parse((secret as { rootPassword?: string } | undefined)?.rootPassword)
  return { ...(rootPassword ? { rootPassword } : {}), sshKeys }
}

/** What its host shows of it now; null when it has none by this uuid. */
export async function observe(context: Context, veId: string): Promise<ObservedVe | null> {
  const { hostId, spec } = await loadVe(veId)
  const { ves } = await context.call(hostId, 've-state', { veid: spec.veid }, String(Date.now()))
  return ves.find(({ uuid }) => uuid === spec.uuid) ?? null
}

/** One that runs is left alone. */
export async function resumeBySpec(context: Context, veId: string): Promise<ObservedVe> {
  const { hostId, spec } = await loadVe(veId)
  return context.call(hostId, 've-resume', { spec }, textDigest(spec))
}

/** For undoing a start, however far it got: kills what runs. */
export async function killIfThere(context: Context): Promise<void> {
  const { hostId, spec } = await loadVe(context.input.veId)
  try {
    await context.call(hostId, 've-stop', veKeyOf(spec))
  } catch (error) {
    const absent = error instanceof Problem && (error.code === 'not-found' || error.code === 'veid-taken')
    if (!absent) throw error
  }
}

type Settled = {
  /** Without it, it stays in the one it is in. */
  state?: 'running' | 'stopped' | 'hibernated' | 'failed' | 'destroyed' | undefined
  problem?: Problem
  /** What was wrong before is so still. */
  keepProblem?: boolean
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
      ...(settled.state ? { state: settled.state } : {}),
      ...(settled.keepProblem
        ? {}
        : { problem: settled.problem ? problemColumn(settled.problem) : Prisma.DbNull }),
      ...(observed ? { observed, observedAt: new Date() } : {}),
      ...(settled.keepStart ? {} : { startedAt: observed?.startedAt ? new Date(observed.startedAt) : null }),
      ...(settled.raiseEpoch ? { epoch: { increment: 1 } } : {}),
      // Nor does one whose move got stuck keep a host from being removed.
      ...(settled.state === 'destroyed'
        ? { destroyedAt: new Date(), observed: Prisma.DbNull, movingToId: null }
        : {}),
      ...more,
    },
  })
  if (ve) await emitVeEvent(tx, ve)
}

/** What a start has come to, of its own disk or of a rescue root. */
export async function settleStart(tx: Db, veId: string, outcome: Outcome, observed: unknown): Promise<void> {
  if (outcome.status === 'succeeded') return settleVe(tx, veId, { state: 'running', observed })
  const { problem } = outcome
  if (outcome.status === 'stuck') return settleVe(tx, veId, { state: 'failed', problem })
  await settleVe(tx, veId, { state: 'stopped', ...(outcome.status === 'failed' ? { problem } : {}) })
}
