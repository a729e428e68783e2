import { removeHostGroup, updateHostGroup } from '@/lib/host-groups/commands.ts'
import { getHostGroup } from '@/lib/host-groups/queries.ts'
import { API_ROUTES } from '@/lib/http/api-routes.ts'
import { apiRoute } from '@/lib/http/route.ts'

export const GET = apiRoute(API_ROUTES.hostGroupGet, ({ viewer, id }) => getHostGroup(viewer, id))

export const PATCH = apiRoute(API_ROUTES.hostGroupUpdate, ({ viewer, id, input, tx }) =>
  updateHostGroup(viewer, id, input, tx),
)

export const DELETE = apiRoute(API_ROUTES.hostGroupRemove, ({ viewer, id, tx }) =>
  removeHostGroup(viewer, id, tx),
)
