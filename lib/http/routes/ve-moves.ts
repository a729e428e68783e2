import * as z from 'zod/mini'
import { keptDisk, veMoveCheckInput, veMoveInput } from '../../moves/resource.ts'
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
  veKeptDisks: defineRoute({
    method: 'GET',
    path: '/ves/{id}/kept-disks',
    summary: 'List the disks that moves of a VE kept on hosts that it left',
    permission: 've:move',
    status: 200,
    output: z.object({ items: z.array(keptDisk) }),
  }),
  keptDiskDelete: defineRoute({
    method: 'DELETE',
    path: '/kept-disks/{id}',
    summary: 'Remove a disk that a move kept, for good: once its host answers',
    permission: 've:move',
    status: 202,
    output: keptDisk,
  }),
} as const
