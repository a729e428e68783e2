import { quotaChange } from '../../quota/input.ts'
import { quotaResource } from '../../quota/resource.ts'
import { defineRoute } from '../api-route.ts'
import { started } from './started.ts'

export const veQuotaRoutes = {
  veQuotaGet: defineRoute({
    method: 'GET',
    path: '/ves/{id}/quota',
    summary: 'Users and groups inside a VE, as they were counted last',
    permission: 've:read',
    status: 200,
    output: quotaResource,
  }),
  veQuotaSet: defineRoute({
    method: 'PUT',
    path: '/ves/{id}/quota',
    summary: 'Set the limits of one user or group inside a VE, or the grace of all users or groups',
    permission: 've:configure',
    input: quotaChange,
    status: 202,
    output: started,
  }),
  veQuotaRead: defineRoute({
    method: 'POST',
    path: '/ves/{id}/quota/read',
    summary: 'Have users and groups inside a VE counted now',
    permission: 've:operate',
    status: 202,
    output: started,
  }),
}
