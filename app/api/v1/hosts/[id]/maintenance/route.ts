import { setMaintenance } from '@/lib/hosts/maintenance.ts'
import { API_ROUTES } from '@/lib/http/api-routes.ts'
import { apiRoute } from '@/lib/http/route.ts'

export const PUT = apiRoute(API_ROUTES.hostMaintenance, ({ viewer, id, input, tx }) =>
  setMaintenance(viewer, id, input, tx),
)
