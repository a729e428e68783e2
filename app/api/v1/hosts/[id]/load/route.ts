import { hostLoad } from '@/lib/hosts/load.ts'
import { API_ROUTES } from '@/lib/http/api-routes.ts'
import { apiRoute } from '@/lib/http/route.ts'

export const GET = apiRoute(API_ROUTES.hostLoad, ({ viewer, id }) => hostLoad(viewer, id))
