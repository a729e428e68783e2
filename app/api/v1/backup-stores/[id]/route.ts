import { getBackupStore, removeBackupStore } from '@/lib/backups/stores.ts'
import { API_ROUTES } from '@/lib/http/api-routes.ts'
import { apiRoute } from '@/lib/http/route.ts'

export const GET = apiRoute(API_ROUTES.backupStoreGet, ({ viewer, id }) => getBackupStore(viewer, id))

export const DELETE = apiRoute(API_ROUTES.backupStoreRemove, ({ viewer, id, tx }) =>
  removeBackupStore(viewer, id, tx),
)
