import * as z from 'zod/mini'
import { defineOperation } from '../definition.ts'

/** With `make` the directory becomes the store, if it is empty or absent. */
export const backupStoreCheck = defineOperation({
  type: 'backup-store-check',
  label: 'Check a store of backups',
  subject: 'host',
  input: z.object({ hostId: z.uuid(), storeId: z.uuid(), make: z.boolean() }),
  permission: 'host:manage',
  only: 'provider',
  cancellable: false,
  deadlineSeconds: 120,
  steps: [{ name: 'look', label: 'Look at the directory' }],
})
