import * as z from 'zod/mini'
import { pageOf } from '../../contract/resource.ts'
import { operationResource } from '../../operations/resource.ts'
import { veEndRescueInput, veRescueInput, veRestartInput, veStopInput } from '../../ves/commands.ts'
import { veExecInput } from '../../ves/exec.ts'
import { veListQuery } from '../../ves/queries.ts'
import { veCreateInput, veResource } from '../../ves/resource.ts'
import { veSuspendInput } from '../../ves/suspension.ts'
import { veTrafficHistory, veTrafficQuery } from '../../ves/traffic.ts'
import { veTrafficInput } from '../../ves/traffic-settings.ts'
import { veUpdateInput } from '../../ves/update.ts'
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
  veUpdate: defineRoute({
    method: 'PATCH',
    path: '/ves/{id}',
    summary: 'Change a VE; what its host has to do is an operation, null when there is nothing to do there',
    permission: 've:configure',
    input: veUpdateInput,
    status: 202,
    output: z.object({ ve: veResource, operation: z.nullable(operationResource) }),
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
    summary: 'Stop a VE; a hibernated one only with discardMemory',
    permission: 've:operate',
    input: veStopInput,
    status: 202,
    output: started,
  }),
  veRestart: defineRoute({
    method: 'POST',
    path: '/ves/{id}/restart',
    summary: 'Restart a VE',
    permission: 've:operate',
    input: veRestartInput,
    status: 202,
    output: started,
  }),
  veHibernate: defineRoute({
    method: 'POST',
    path: '/ves/{id}/hibernate',
    summary: 'Write the memory of a running VE to the disk of its host, and take it off the kernel',
    permission: 've:operate',
    status: 202,
    output: started,
  }),
  veResume: defineRoute({
    method: 'POST',
    path: '/ves/{id}/resume',
    summary: 'Let a hibernated VE go on where it was',
    permission: 've:operate',
    status: 202,
    output: started,
  }),
  veRescue: defineRoute({
    method: 'POST',
    path: '/ves/{id}/rescue',
    summary: 'Start a stopped VE from a rescue root, its own disk mounted at /mnt/ve',
    permission: 've:operate',
    input: veRescueInput,
    status: 202,
    output: started,
  }),
  veEndRescue: defineRoute({
    method: 'POST',
    path: '/ves/{id}/rescue/end',
    summary: 'End the rescue of a VE, and start it from its own disk if asked to',
    permission: 've:operate',
    input: veEndRescueInput,
    status: 202,
    output: started,
  }),
  veSuspend: defineRoute({
    method: 'POST',
    path: '/ves/{id}/suspend',
    summary: 'Stop a VE and keep it from being started, with a reason',
    permission: 've:suspend',
    input: veSuspendInput,
    status: 202,
    output: started,
  }),
  veUnsuspend: defineRoute({
    method: 'POST',
    path: '/ves/{id}/unsuspend',
    summary: 'Lift the suspension of a VE; it is started if it ran before',
    permission: 've:suspend',
    status: 202,
    output: started,
  }),
  veExec: defineRoute({
    method: 'POST',
    path: '/ves/{id}/exec',
    summary: 'Run a command as root in a VE; exit code and output are the result of the operation',
    permission: 've:console',
    input: veExecInput,
    status: 202,
    output: started,
  }),
  veTraffic: defineRoute({
    method: 'GET',
    path: '/ves/{id}/traffic',
    summary: 'Get the traffic of a VE by day and month',
    permission: 've:read',
    query: veTrafficQuery,
    status: 200,
    output: veTrafficHistory,
  }),
  veSetTraffic: defineRoute({
    method: 'PUT',
    path: '/ves/{id}/traffic',
    summary: 'Set the monthly traffic limit of a VE, and what happens when it is reached',
    permission: 've:suspend',
    input: veTrafficInput,
    status: 200,
    output: z.object({ ve: veResource }),
  }),
}
