import { API_ROUTES } from '@/lib/http/api-routes.ts'
import { apiRoute } from '@/lib/http/route.ts'
import { listSnapshots } from '@/lib/snapshots/queries.ts'

export const GET = apiRoute(API_ROUTES.snapshotList, ({ viewer, query }) => listSnapshots(viewer, query))
