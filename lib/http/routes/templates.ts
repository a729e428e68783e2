import * as z from 'zod/mini'
import { pageOf } from '../../contract/resource.ts'
import { operationResource } from '../../operations/resource.ts'
import { templateListQuery } from '../../templates/queries.ts'
import { templateCreateInput, templateResource } from '../../templates/resource.ts'
import { defineRoute } from '../api-route.ts'
import { started } from './started.ts'

export const templateRoutes = {
  templateList: defineRoute({
    method: 'GET',
    path: '/templates',
    summary: 'List templates',
    permission: 'template:read',
    query: templateListQuery,
    status: 200,
    output: pageOf(templateResource),
  }),
  templateCreate: defineRoute({
    method: 'POST',
    path: '/templates',
    summary: 'Make a template and build it on hosts',
    permission: 'template:manage',
    input: templateCreateInput,
    status: 202,
    output: z.object({
      template: templateResource,
      /** The first of `operations`. */
      operation: operationResource,
      operations: z.array(operationResource),
    }),
  }),
  templateGet: defineRoute({
    method: 'GET',
    path: '/templates/{id}',
    summary: 'Get a template',
    permission: 'template:read',
    status: 200,
    output: templateResource,
  }),
  templateRemove: defineRoute({
    method: 'DELETE',
    path: '/templates/{id}',
    summary: 'Remove a template that no VE was made from',
    permission: 'template:manage',
    status: 204,
  }),
  templateBuild: defineRoute({
    method: 'POST',
    path: '/templates/{id}/builds',
    summary: 'Build a template on a host',
    permission: 'template:manage',
    input: z.object({ hostId: z.uuid('Choose a host.') }),
    status: 202,
    output: started,
  }),
}
