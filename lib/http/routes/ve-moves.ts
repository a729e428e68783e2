import { veMoveCheckInput, veMoveInput } from '../../moves/resource.ts'
import { defineRoute } from '../api-route.ts'
import { started } from './started.ts'

export const veMoveRoutes = {
  veMove: defineRoute({
    method: 'POST',
    path: '/ves/{id}/move',
    summary: 'Move a VE to another host: live, with a restart, or cold',
    permission: 've:move',
    input: veMoveInput,
    status: 202,
    output: started,
  }),
  veMoveCheck: defineRoute({
    method: 'POST',
    path: '/ves/{id}/move/check',
    summary: 'Ask both hosts what stands in the way of a move: the result of the operation',
    permission: 've:move',
    input: veMoveCheckInput,
    status: 202,
    output: started,
  }),
} as const
