import {
  balanceInput,
  balanceResource,
  evacuateInput,
  evacuationPlanInput,
  evacuationResource,
} from '../../fleet/resource.ts'
import { defineRoute } from '../api-route.ts'
import { started } from './started.ts'

export const fleetRoutes = {
  hostEvacuationGet: defineRoute({
    method: 'GET',
    path: '/hosts/{id}/evacuation',
    summary: 'Get the latest plan to evacuate a host, and how far its latest evacuation is',
    permission: 've:move',
    status: 200,
    output: evacuationResource,
  }),
  hostEvacuationPlan: defineRoute({
    method: 'POST',
    path: '/hosts/{id}/evacuation/plan',
    summary: 'Ask what would go where, and what cannot leave and why: the result of the operation',
    permission: 'host:manage',
    input: evacuationPlanInput,
    status: 202,
    output: started,
  }),
  hostEvacuate: defineRoute({
    method: 'POST',
    path: '/hosts/{id}/evacuation',
    summary: 'Take a host into maintenance and move its VEs away as the latest plan says',
    permission: 'host:manage',
    input: evacuateInput,
    status: 202,
    output: started,
  }),
  fleetBalanceGet: defineRoute({
    method: 'GET',
    path: '/hosts/balance',
    summary: 'Get what would make the load of hosts even, and how far the latest such moves are',
    permission: 've:move',
    status: 200,
    output: balanceResource,
  }),
  fleetBalance: defineRoute({
    method: 'POST',
    path: '/hosts/balance',
    summary: 'Move VEs as proposed for an even load',
    permission: 'host:manage',
    input: balanceInput,
    status: 202,
    output: started,
  }),
} as const
