import { getBackupSchedule, removeBackupSchedule, setBackupSchedule } from '@/lib/backups/schedule.ts'
import { API_ROUTES } from '@/lib/http/api-routes.ts'
import { apiRoute } from '@/lib/http/route.ts'

export const GET = apiRoute(API_ROUTES.veBackupScheduleGet, async ({ viewer, id }) => ({
  schedule: await getBackupSchedule(viewer, id),
}))

export const PUT = apiRoute(API_ROUTES.veBackupScheduleSet, ({ viewer, id, input, tx }) =>
  setBackupSchedule(viewer, id, input, tx),
)

export const DELETE = apiRoute(API_ROUTES.veBackupScheduleRemove, ({ viewer, id, tx }) =>
  removeBackupSchedule(viewer, id, tx),
)
