import { API_ROUTES } from '@/lib/http/api-routes.ts'
import { apiRoute } from '@/lib/http/route.ts'
import { issueTicket } from '@/lib/terminals/issue-ticket.ts'

export const POST = apiRoute(API_ROUTES.veConsole, ({ viewer, id, input, tx }) =>
  issueTicket(viewer, id, input, tx),
)
