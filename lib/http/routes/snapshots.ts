import * as z from 'zod/mini'
import { pageOf } from '../../contract/resource.ts'
import { operationResource } from '../../operations/resource.ts'
import { snapshotCloneInput } from '../../snapshots/clone-input.ts'
import { snapshotListQuery, veSnapshotListQuery } from '../../snapshots/queries.ts'
import { snapshotCreateInput, snapshotResource, snapshotRollbackInput } from '../../snapshots/resource.ts'
import { veResource } from '../../ves/resource.ts'
import { defineRoute } from '../api-route.ts'
import { started } from './started.ts'

export const snapshotRoutes = {
  veSnapshotList: defineRoute({
    method: 'GET',
    path: '/ves/{id}/snapshots',
    summary: 'List the snapshots of a VE',
    permission: 've:read',
    query: veSnapshotListQuery,
    status: 200,
    output: pageOf(snapshotResource),
  }),
  veSnapshotCreate: defineRoute({
    method: 'POST',
    path: '/ves/{id}/snapshots',
    summary: 'Take a snapshot of a VE: of its disk, or of its disk and memory',
    permission: 've:snapshot',
    input: snapshotCreateInput,
    status: 202,
    output: z.object({ snapshot: snapshotResource, operation: operationResource }),
  }),
  snapshotList: defineRoute({
    method: 'GET',
    path: '/snapshots',
    summary: 'List the snapshots of all VEs',
    permission: 've:read',
    query: snapshotListQuery,
    status: 200,
    output: pageOf(snapshotResource),
  }),
  snapshotGet: defineRoute({
    method: 'GET',
    path: '/snapshots/{id}',
    summary: 'Get a snapshot',
    permission: 've:read',
    status: 200,
    output: snapshotResource,
  }),
  snapshotDelete: defineRoute({
    method: 'DELETE',
    path: '/snapshots/{id}',
    summary: 'Delete a snapshot for good',
    permission: 've:snapshot',
    status: 202,
    output: started,
  }),
  snapshotClone: defineRoute({
    method: 'POST',
    path: '/snapshots/{id}/clone',
    summary:
      'Create a VE from a snapshot, on the same host: its disk begins as that, it has names, ids and addresses of its own',
    permission: 've:create',
    input: snapshotCloneInput,
    status: 202,
    output: z.object({ ve: veResource, operation: operationResource }),
  }),
  snapshotMount: defineRoute({
    method: 'POST',
    path: '/snapshots/{id}/mount',
    summary: 'Mount a snapshot on its host, read-only; where, is the result of the operation',
    permission: 'host:manage',
    status: 202,
    output: started,
  }),
  snapshotUnmount: defineRoute({
    method: 'POST',
    path: '/snapshots/{id}/unmount',
    summary: 'Unmount a snapshot from its host',
    permission: 'host:manage',
    status: 202,
    output: started,
  }),
  snapshotRollback: defineRoute({
    method: 'POST',
    path: '/snapshots/{id}/rollback',
    summary: 'Bring a VE back to a snapshot: what was written to its disk since is lost',
    permission: 've:snapshot',
    input: snapshotRollbackInput,
    status: 202,
    output: started,
  }),
}
