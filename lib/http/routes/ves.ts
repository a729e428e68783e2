import * as z from 'zod/mini'
import { pageOf } from '../../contract/resource.ts'
import { operationResource } from '../../operations/resource.ts'
import { veStopInput } from '../../ves/commands.ts'
import { veListQuery } from '../../ves/queries.ts'
import { veCreateInput, veResource } from '../../ves/resource.ts'
import { defineRoute } from '../api-route.ts'
import { started } from './started.ts'

export const veRoutes = {
  veList: defineRoute({
    method: 'GET',
    path: '/ves',
    summary: 'List VEs',
    permission: 've:read',
    query: veListQuery,
    status: 200,
    output: pageOf(veResource),
  }),
  veCreate: defineRoute({
    method: 'POST',
    path: '/ves',
    summary: 'Create a VE',
    permission: 've:create',
    input: veCreateInput,
    status: 202,
    output: z.object({ ve: veResource, operation: operationResource }),
  }),
  veGet: defineRoute({
    method: 'GET',
    path: '/ves/{id}',
    summary: 'Get a VE',
    permission: 've:read',
    status: 200,
    output: veResource,
  }),
  veDestroy: defineRoute({
    method: 'DELETE',
    path: '/ves/{id}',
    summary: 'Destroy a stopped VE and its data',
    permission: 've:destroy',
    status: 202,
    output: started,
  }),
  veStart: defineRoute({
    method: 'POST',
    path: '/ves/{id}/start',
    summary: 'Start a VE',
    permission: 've:operate',
    status: 202,
    output: started,
  }),
  veStop: defineRoute({
    method: 'POST',
    path: '/ves/{id}/stop',
    summary: 'Stop a VE',
    permission: 've:operate',
    input: veStopInput,
    status: 202,
    output: started,
  }),
}
