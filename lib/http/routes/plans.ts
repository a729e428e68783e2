import * as z from 'zod/mini'
import { pageOf } from '../../contract/resource.ts'
import { operationResource } from '../../operations/resource.ts'
import { planListQuery, planVersionListQuery } from '../../plans/queries.ts'
import {
  planCreateInput,
  planResource,
  planVersionInput,
  planVersionResource,
  rollOutInput,
  vePlanInput,
} from '../../plans/resource.ts'
import { rollOutProgress } from '../../plans/roll-out-progress.ts'
import { vePlanResource } from '../../plans/ve-plan.ts'
import { veResource } from '../../ves/resource.ts'
import { defineRoute } from '../api-route.ts'
import { started } from './started.ts'

export const planRoutes = {
  planList: defineRoute({
    method: 'GET',
    path: '/plans',
    summary: 'List plans',
    permission: 'plan:read',
    query: planListQuery,
    status: 200,
    output: pageOf(planResource),
  }),
  planCreate: defineRoute({
    method: 'POST',
    path: '/plans',
    summary: 'Make a plan with its first version',
    permission: 'plan:manage',
    input: planCreateInput,
    status: 201,
    output: planResource,
  }),
  planGet: defineRoute({
    method: 'GET',
    path: '/plans/{id}',
    summary: 'Get a plan',
    permission: 'plan:read',
    status: 200,
    output: planResource,
  }),
  planRemove: defineRoute({
    method: 'DELETE',
    path: '/plans/{id}',
    summary: 'Remove a plan that no VE uses',
    permission: 'plan:manage',
    status: 204,
  }),
  planVersionList: defineRoute({
    method: 'GET',
    path: '/plans/{id}/versions',
    summary: 'List the versions of a plan, newest first',
    permission: 'plan:read',
    query: planVersionListQuery,
    status: 200,
    output: pageOf(planVersionResource),
  }),
  planVersionCreate: defineRoute({
    method: 'POST',
    path: '/plans/{id}/versions',
    summary: 'Give a plan a new version; VEs that use it keep theirs until it is rolled out',
    permission: 'plan:manage',
    input: planVersionInput,
    status: 201,
    output: planResource,
  }),
  planRollOut: defineRoute({
    method: 'POST',
    path: '/plans/{id}/roll-out',
    summary: 'Give the VEs that use an older version of a plan this one, in stages',
    permission: 'plan:manage',
    input: rollOutInput,
    status: 202,
    output: started,
  }),
  planRollOutGet: defineRoute({
    method: 'GET',
    path: '/plans/{id}/roll-out',
    summary: 'Get how far the last roll-out of a plan is; null when there was none',
    permission: 'plan:read',
    status: 200,
    output: z.nullable(rollOutProgress),
  }),
  vePlanGet: defineRoute({
    method: 'GET',
    path: '/ves/{id}/plan',
    summary: 'Get a VE’s limits beside those of its plan and what its host makes of them',
    permission: 've:read',
    status: 200,
    output: vePlanResource,
  }),
  vePlanSet: defineRoute({
    method: 'POST',
    path: '/ves/{id}/plan',
    summary: 'Give a VE a plan and its limits, or take it off its plan; that takes no operation',
    permission: 've:configure',
    input: vePlanInput,
    status: 202,
    output: z.object({ ve: veResource, operation: z.nullable(operationResource) }),
  }),
}
