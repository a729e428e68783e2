import * as z from 'zod/mini'
import { pageOf } from '../../contract/resource.ts'
import { operationReleaseInput } from '../../operations/commands.ts'
import { operationListQuery, operationLogLine } from '../../operations/queries.ts'
import { operationResource } from '../../operations/resource.ts'
import { defineRoute } from '../api-route.ts'
import { started } from './started.ts'

export const operationRoutes = {
  operationList: defineRoute({
    method: 'GET',
    path: '/operations',
    summary: 'List operations, newest first',
    permission: 'operation:read',
    query: operationListQuery,
    status: 200,
    output: pageOf(operationResource),
  }),
  operationGet: defineRoute({
    method: 'GET',
    path: '/operations/{id}',
    summary: 'Get an operation',
    permission: 'operation:read',
    status: 200,
    output: operationResource,
  }),
  operationLog: defineRoute({
    method: 'GET',
    path: '/operations/{id}/log',
    summary: 'Get the log of an operation',
    permission: 'operation:read',
    query: z.object({
      /** Only lines after the one with this id. */
      after: z.optional(z.coerce.number().check(z.int(), z.gte(0))),
    }),
    status: 200,
    output: z.object({ items: z.array(operationLogLine), next: z.nullable(z.string()) }),
  }),
  operationCancel: defineRoute({
    method: 'POST',
    path: '/operations/{id}/cancel',
    summary: 'Cancel an operation; what it began is undone',
    permission: 'operation:manage',
    status: 202,
    output: started,
  }),
  operationRetry: defineRoute({
    method: 'POST',
    path: '/operations/{id}/retry',
    summary: 'Try a failed operation again; answers the operation to follow',
    permission: 'operation:manage',
    status: 202,
    output: started,
  }),
  operationRelease: defineRoute({
    method: 'POST',
    path: '/operations/{id}/release',
    summary: 'Give up on a stuck operation, with a reason',
    permission: 'operation:manage',
    input: operationReleaseInput,
    status: 202,
    output: started,
  }),
}
