/** Every route of /api/v1. A route file takes its entry from here; a test sees that none is missing on either side. */
import * as z from 'zod/mini'
import { addressPoolListQuery } from '../addresses/queries.ts'
import { addressPoolCreateInput, addressPoolResource } from '../addresses/resource.ts'
import { pageOf } from '../contract/resource.ts'
import { hostListQuery } from '../hosts/queries.ts'
import { hostCreateInput, hostCredential, hostProbeInput, hostResource } from '../hosts/resource.ts'
import { operationReleaseInput } from '../operations/commands.ts'
import { operationListQuery, operationLogLine } from '../operations/queries.ts'
import { operationResource } from '../operations/resource.ts'
import { templateListQuery } from '../templates/queries.ts'
import { templateCreateInput, templateResource } from '../templates/resource.ts'
import { veStopInput } from '../ves/commands.ts'
import { veListQuery } from '../ves/queries.ts'
import { veCreateInput, veResource } from '../ves/resource.ts'
import { defineRoute } from './api-route.ts'

/** What takes time answers at once with its operation, to be followed at /operations/{id}. */
const started = z.object({ operation: operationResource })

const hosts = {
  hostList: defineRoute({
    method: 'GET',
    path: '/hosts',
    summary: 'List hosts',
    permission: 'host:read',
    query: hostListQuery,
    status: 200,
    output: pageOf(hostResource),
  }),
  hostAdd: defineRoute({
    method: 'POST',
    path: '/hosts',
    summary: 'Add and enrol a host',
    permission: 'host:manage',
    input: hostCreateInput,
    status: 202,
    output: z.object({ host: hostResource, operation: operationResource }),
  }),
  hostProbe: defineRoute({
    method: 'POST',
    path: '/hosts/probe',
    summary: 'Fetch the key of a host, to compare its fingerprint',
    permission: 'host:manage',
    input: hostProbeInput,
    status: 202,
    output: started,
  }),
  hostGet: defineRoute({
    method: 'GET',
    path: '/hosts/{id}',
    summary: 'Get a host',
    permission: 'host:read',
    status: 200,
    output: hostResource,
  }),
  hostRemove: defineRoute({
    method: 'DELETE',
    path: '/hosts/{id}',
    summary: 'Remove a host that holds no VEs',
    permission: 'host:manage',
    status: 202,
    output: started,
  }),
  hostRefresh: defineRoute({
    method: 'POST',
    path: '/hosts/{id}/refresh',
    summary: 'Read the facts and capabilities of a host again',
    permission: 'host:manage',
    status: 202,
    output: started,
  }),
  hostUpgradeAgent: defineRoute({
    method: 'POST',
    path: '/hosts/{id}/upgrade-agent',
    summary: 'Upgrade the agent of a host',
    permission: 'host:manage',
    status: 202,
    output: started,
  }),
  hostEnrol: defineRoute({
    method: 'POST',
    path: '/hosts/{id}/enrol',
    summary: 'Enrol a host again after a failure',
    permission: 'host:manage',
    input: z.object({ credential: z.optional(hostCredential) }),
    status: 202,
    output: started,
  }),
}

const templates = {
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

const ves = {
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

const addresses = {
  addressPoolList: defineRoute({
    method: 'GET',
    path: '/ip-pools',
    summary: 'List address pools',
    permission: 'address:read',
    query: addressPoolListQuery,
    status: 200,
    output: pageOf(addressPoolResource),
  }),
  addressPoolCreate: defineRoute({
    method: 'POST',
    path: '/ip-pools',
    summary: 'Make an address pool',
    permission: 'address:manage',
    input: addressPoolCreateInput,
    status: 201,
    output: addressPoolResource,
  }),
}

const operations = {
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

export const API_ROUTES = {
  ...hosts,
  ...templates,
  ...ves,
  ...addresses,
  ...operations,
  openApi: defineRoute({
    method: 'GET',
    path: '/openapi.json',
    summary: 'This document',
    permission: null,
    status: 200,
  }),
} as const
export type ApiRouteName = keyof typeof API_ROUTES
