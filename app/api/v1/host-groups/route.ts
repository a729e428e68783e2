import { createHostGroup } from '@/lib/host-groups/commands.ts'
import { listHostGroups } from '@/lib/host-groups/queries.ts'
import { API_ROUTES } from '@/lib/http/api-routes.ts'
import { apiRoute } from '@/lib/http/route.ts'

export const GET = apiRoute(API_ROUTES.hostGroupList, ({ viewer, query }) => listHostGroups(viewer, query))

export const POST = apiRoute(API_ROUTES.hostGroupCreate, ({ viewer, input, tx }) =>
  createHostGroup(viewer, input, tx),
)
