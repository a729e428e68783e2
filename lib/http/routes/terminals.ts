import { terminalInput, terminalTicket } from '../../terminals/resource.ts'
import { defineRoute } from '../api-route.ts'

export const terminalRoutes = {
  veConsole: defineRoute({
    method: 'POST',
    path: '/ves/{id}/console',
    summary: 'Get a ticket for a terminal into a VE, or for the log of its init; good once, for 30 seconds',
    permission: 've:read',
    input: terminalInput,
    status: 201,
    output: terminalTicket,
    secret: true,
  }),
}
