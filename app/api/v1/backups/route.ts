import { listBackups } from '@/lib/backups/queries.ts'
import { API_ROUTES } from '@/lib/http/api-routes.ts'
import { apiRoute } from '@/lib/http/route.ts'

export const GET = apiRoute(API_ROUTES.backupList, ({ viewer, query }) => listBackups(viewer, query))
