/**
 * Asks for an operation, in the caller's transaction: its row, its steps, the state of its VE and its job appear
 * together or not at all. Who may ask is decided before (lib/auth); what a VE's state allows is decided here.
 */
import { invalidInput, Problem } from '../contract/problem.ts'
import type { Db } from '../db/client.ts'
import type { Prisma } from '../db/generated/client.ts'
import { operationPurpose, seal } from '../secrets/seal.ts'
import type { VeRule } from './definition.ts'
import { emitOperationEvent } from './events.ts'
import { addJob, queueOf } from './job.ts'
import { OPERATIONS, type OperationInput, type OperationType } from './registry.ts'
import { veIsBusy } from './turn.ts'
import { checkVeState, enterVeState, lockVe } from './ve-gate.ts'

export type OperationRequest<T extends OperationType = OperationType> = {
  type: T
  input: OperationInput<T>
  /** What it is about in words: "Create web1". */
  title: string
  actor: { userId: string | null; name: string }
  accountId: string
  hostId?: string | null
  veId?: string | null
  templateId?: string | null
  planId?: string | null
  /** The operation that asks for it as a part of itself: once for a VE. */
  parentId?: string | null
  /** Sealed to the workers, wiped when the operation ends. */
  secret?: unknown
}

/**
 * Queues an operation. Throws `invalid-input`, `not-found` (no such VE) or `ve-state-forbids`; when another operation
 * is under way on the VE it waits for its turn instead, and its state is judged then.
 */
export async function enqueueOperation<T extends OperationType>(
  tx: Db,
  request: OperationRequest<T>,
): Promise<{ operationId: string }> {
  const definition = OPERATIONS[request.type]
  const input = definition.input.safeParse(request.input)
  if (!input.success) throw invalidInput(input.error.issues)
  if (definition.ve) await passGate(tx, definition, definition.ve, request.veId)
  return insertOperation(tx, { ...request, input: input.data as OperationInput<T> })
}

async function passGate(
  tx: Db,
  { label, alongside }: { label: string; alongside?: true },
  rule: VeRule,
  veId: string | null | undefined,
) {
  if (!veId) throw new Problem('internal', 'An operation on a VE was asked for without naming the VE.')
  const ve = await lockVe(tx, veId)
  if (!alongside && (await veIsBusy(tx, veId))) return
  // A row made a moment ago waits in its transitional state for its first operation.
  const justMade = ve.state === rule.during && (await tx.operation.count({ where: { veId } })) === 0
  if (justMade) return
  checkVeState(ve, rule, label)
  await enterVeState(tx, ve, rule.during)
}

/** Row, steps, sealed secret, job and event; the request is already judged. */
export async function insertOperation(tx: Db, request: OperationRequest): Promise<{ operationId: string }> {
  const definition = OPERATIONS[request.type]
  const ids = {
    hostId: request.hostId ?? null,
    veId: request.veId ?? null,
    templateId: request.templateId ?? null,
    planId: request.planId ?? null,
  }
  const row = await tx.operation.create({
    data: {
      type: request.type,
      title: request.title,
      input: request.input as Prisma.InputJsonObject,
      actorId: request.actor.userId,
      actorName: request.actor.name,
      accountId: request.accountId,
      ...ids,
      parentId: request.parentId ?? null,
      queue: '',
      steps: { create: definition.steps.map((step, index) => ({ index, ...step })) },
    },
  })
  const queue = queueOf(definition, { operationId: row.id, ...ids })
  const sealed = request.secret === undefined ? null : await sealSecret(tx, row.id, request.secret)
  await tx.operation.update({ where: { id: row.id }, data: { queue, sealed } })
  const urgent = definition.urgent?.(request.input as never) ?? false
  await addJob(tx, { id: row.id, queue }, urgent ? 'urgent' : 'new')
  if (urgent && definition.only && ids.veId) await callOffMove(tx, ids.veId)
  await emitOperationEvent(tx, row)
  return { operationId: row.id }
}

async function sealSecret(tx: Db, operationId: string, secret: unknown): Promise<Uint8Array<ArrayBuffer>> {
  const key = await tx.sealingKey.findFirst({ orderBy: { createdAt: 'desc' } })
  if (!key)
    throw new Problem('internal', 'No worker has started yet, so there is no key to seal the secret to.')
  return new Uint8Array(seal(key.publicKey, secret, operationPurpose(operationId)))
}

/** A move may take hours. One that has begun to let the VE go on over there is left alone: it is done in a moment. */
async function callOffMove(tx: Db, veId: string): Promise<void> {
  const move = await tx.operation.findFirst({
    where: {
      ...{ veId, type: 've-move', status: 'running', cancelRequestedAt: null },
      steps: { none: { name: OPERATIONS['ve-move'].noReturn, NOT: { status: 'waiting' } } },
    },
  })
  if (!move) return
  await tx.operation.update({ where: { id: move.id }, data: { cancelRequestedAt: new Date() } })
  await emitOperationEvent(tx, move)
}
