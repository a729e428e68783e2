import * as z from 'zod/mini'
import { pageOf } from '../../contract/resource.ts'
import { hostLoadResource } from '../../hosts/load-figures.ts'
import { hostListQuery } from '../../hosts/queries.ts'
import {
  hostCreateInput,
  hostCredential,
  hostMaintenanceInput,
  hostProbeInput,
  hostResource,
} from '../../hosts/resource.ts'
import { operationResource } from '../../operations/resource.ts'
import { defineRoute } from '../api-route.ts'
import { started } from './started.ts'

export const hostRoutes = {
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
  fleetLoad: defineRoute({
    method: 'GET',
    path: '/hosts/load',
    summary: 'How full all hosts are together: what VEs hold and what they were promised',
    permission: 'host:read',
    status: 200,
    output: hostLoadResource,
  }),
  hostLoad: defineRoute({
    method: 'GET',
    path: '/hosts/{id}/load',
    summary: 'How full a host is: what its VEs hold and what they were promised, as parts of what it has',
    permission: 'host:read',
    status: 200,
    output: hostLoadResource,
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
  hostMaintenance: defineRoute({
    method: 'PUT',
    path: '/hosts/{id}/maintenance',
    summary: 'Take a host into maintenance, where nothing new is placed on it, or out of it',
    permission: 'host:manage',
    input: hostMaintenanceInput,
    status: 200,
    output: hostResource,
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
