'use server'
import * as z from 'zod/mini'
import { backUpVe, deleteBackup, recoverBackup, restoreBackup, verifyBackup } from '@/lib/backups/commands.ts'
import {
  backupCreateInput,
  backupRecoverInput,
  backupRestoreInput,
  backupScheduleInput,
  backupStoreCreateInput,
} from '@/lib/backups/resource.ts'
import { removeBackupSchedule, setBackupSchedule } from '@/lib/backups/schedule.ts'
import { checkBackupStore, createBackupStore, removeBackupStore } from '@/lib/backups/stores.ts'
import { formAction } from '@/lib/http/action.ts'

const which = z.object({ id: z.string() })

export const backUpAction = formAction(
  z.extend(backupCreateInput, { veId: z.string() }),
  async ({ viewer, input: { veId, ...input }, tx }) => {
    const { operationId } = await backUpVe(viewer, veId, input, tx)
    return { operationId }
  },
)

export const deleteBackupAction = formAction(which, ({ viewer, input, tx }) =>
  deleteBackup(viewer, input.id, tx),
)

export const verifyBackupAction = formAction(which, ({ viewer, input, tx }) =>
  verifyBackup(viewer, input.id, tx),
)

export const restoreBackupAction = formAction(
  z.extend(backupRestoreInput, which.shape),
  ({ viewer, input: { id, ...how }, tx }) => restoreBackup(viewer, id, how, tx),
  (form) => ({ id: form.get('id'), start: form.get('start') === 'on' }),
)

export const recoverBackupAction = formAction(
  z.extend(backupRecoverInput, which.shape),
  async ({ viewer, input: { id, ...how }, tx }) => {
    const { ve } = await recoverBackup(viewer, id, how, tx)
    return { veId: ve.id }
  },
  (form) => ({
    id: form.get('id'),
    name: String(form.get('name') ?? '').trim(),
    start: form.get('start') === 'on',
  }),
)

/** Text that is empty is left to the schema, which says what it should be. */
const whole = (form: FormData, name: string) => {
  const text = String(form.get(name) ?? '').trim()
  return text === '' ? undefined : Number(text)
}

/** `every` is "never", "day", or the number of a day of the week. */
export const setScheduleAction = formAction(
  z.extend(backupScheduleInput, { veId: z.string(), never: z.boolean() }),
  async ({ viewer, input: { veId, never, ...schedule }, tx }) => {
    if (never) await removeBackupSchedule(viewer, veId, tx)
    else await setBackupSchedule(viewer, veId, schedule, tx)
    return {}
  },
  (form) => {
    const every = String(form.get('every') ?? '')
    const veId = form.get('veId')
    if (every === 'never') return { veId, never: true, every: 'day', hour: 0, keep: 1 }
    const rhythm = every === 'day' ? { every } : { every: 'week', weekday: Number(every) }
    return { veId, never: false, ...rhythm, hour: whole(form, 'hour'), keep: whole(form, 'keep') }
  },
)

const GIB = 2 ** 30

export const createStoreAction = formAction(
  backupStoreCreateInput,
  async ({ viewer, input, tx }) => {
    const { operationId } = await createBackupStore(viewer, input, tx)
    return { operationId }
  },
  (form) => {
    const gib = whole(form, 'bytesMost')
    return {
      name: String(form.get('name') ?? '').trim(),
      hostId: form.get('hostId'),
      path: String(form.get('path') ?? '').trim(),
      perVeMost: whole(form, 'perVeMost'),
      bytesMost: gib === undefined ? null : gib * GIB,
    }
  },
)

export const checkStoreAction = formAction(which, ({ viewer, input, tx }) =>
  checkBackupStore(viewer, input.id, tx),
)

export const removeStoreAction = formAction(which, async ({ viewer, input, tx }) => {
  await removeBackupStore(viewer, input.id, tx)
  return {}
})
