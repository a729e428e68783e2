'use server'
import * as z from 'zod/mini'
import { formAction } from '@/lib/http/action.ts'
import { createVeFromSnapshot } from '@/lib/snapshots/clone.ts'
import { snapshotCloneInput } from '@/lib/snapshots/clone-input.ts'
import { createSnapshot, deleteSnapshot, rollBackToSnapshot } from '@/lib/snapshots/commands.ts'
import { mountSnapshot, unmountSnapshot } from '@/lib/snapshots/mount.ts'
import { snapshotCreateInput, snapshotRollbackInput } from '@/lib/snapshots/resource.ts'

const which = z.object({ id: z.string() })

export const createSnapshotAction = formAction(
  z.extend(snapshotCreateInput, { veId: z.string() }),
  async ({ viewer, input: { veId, ...input }, tx }) => {
    const { operationId } = await createSnapshot(viewer, veId, input, tx)
    return { operationId }
  },
  (form) => ({
    veId: form.get('veId'),
    name: form.get('name') ?? '',
    description: form.get('description') ?? '',
    memory: form.get('memory') === 'on',
  }),
)

export const cloneSnapshotAction = formAction(
  z.extend(snapshotCloneInput, which.shape),
  async ({ viewer, input: { id, ...input }, tx }) => {
    const { ve } = await createVeFromSnapshot(viewer, id, input, tx)
    return { veId: ve.id }
  },
  (form) => ({
    id: form.get('id'),
    name: String(form.get('name') ?? '').trim(),
    hostname: String(form.get('hostname') ?? '').trim(),
    // Not trimmed: a space may be part of a password.
    rootPassword: String(form.get('rootPassword') ?? '') || undefined,
    keepIdentity: form.get('keepIdentity') === 'on',
    start: form.get('start') === 'on',
  }),
)

export const deleteSnapshotAction = formAction(which, ({ viewer, input, tx }) =>
  deleteSnapshot(viewer, input.id, tx),
)

export const mountSnapshotAction = formAction(which, ({ viewer, input, tx }) =>
  mountSnapshot(viewer, input.id, tx),
)

export const unmountSnapshotAction = formAction(which, ({ viewer, input, tx }) =>
  unmountSnapshot(viewer, input.id, tx),
)

export const rollBackAction = formAction(
  z.extend(snapshotRollbackInput, which.shape),
  ({ viewer, input: { id, ...how }, tx }) => rollBackToSnapshot(viewer, id, how, tx),
  (form) => ({
    id: form.get('id'),
    start: form.get('start') === 'on',
    discardMemory: form.get('discardMemory') === 'on',
  }),
)
