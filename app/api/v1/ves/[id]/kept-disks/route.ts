import { API_ROUTES } from '@/lib/http/api-routes.ts'
import { apiRoute } from '@/lib/http/route.ts'
import { listKept } from '@/lib/moves/kept.ts'

export const GET = apiRoute(API_ROUTES.veKeptDisks, async ({ viewer, id }) => ({
  items: await listKept(viewer, id),
}))
