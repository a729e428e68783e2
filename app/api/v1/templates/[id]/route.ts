import { API_ROUTES } from '@/lib/http/api-routes.ts'
import { apiRoute } from '@/lib/http/route.ts'
import { removeTemplate } from '@/lib/templates/commands.ts'
import { getTemplate } from '@/lib/templates/queries.ts'

export const GET = apiRoute(API_ROUTES.templateGet, ({ viewer, id }) => getTemplate(viewer, id))

export const DELETE = apiRoute(API_ROUTES.templateRemove, ({ viewer, id, tx }) =>
  removeTemplate(viewer, id, tx),
)
