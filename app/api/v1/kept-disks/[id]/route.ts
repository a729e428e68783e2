import { API_ROUTES } from '@/lib/http/api-routes.ts'
import { apiRoute } from '@/lib/http/route.ts'
import { removeKept } from '@/lib/moves/kept.ts'

export const DELETE = apiRoute(API_ROUTES.keptDiskDelete, ({ viewer, id, tx }) => removeKept(viewer, id, tx))
