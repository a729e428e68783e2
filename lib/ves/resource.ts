/** A VE as pages show it and the API returns it, and what is needed to create one. */
import * as z from 'zod/mini'
import { observedVe } from '../contract/agent-protocol.ts'
import { ARCHES } from '../contract/arch.ts'
import { hostname, ipAddress, name, sshPublicKey, veid } from '../contract/names.ts'
import { problemJson } from '../contract/problem.ts'
import { reference, time } from '../contract/resource.ts'
import { STORAGE_DRIVERS } from '../contract/storage.ts'
import { veGuestAccess, veLimits } from '../contract/ve-spec.ts'
import { VE_STATES } from '../contract/ve-state.ts'
import { HOST_STATUSES } from '../hosts/resource.ts'

export const veResource = z.object({
  id: z.uuid(),
  veid,
  name: z.string(),
  hostname: z.string(),
  state: z.enum(VE_STATES),
  problem: z.nullable(problemJson),
  host: z.object({ id: z.uuid(), name: z.string(), simulated: z.boolean(), status: z.enum(HOST_STATUSES) }),
  template: reference,
  arch: z.enum(ARCHES),
  storage: z.enum(STORAGE_DRIVERS),
  limits: veLimits,
  addresses: z.array(z.string()),
  dns: z.object({ servers: z.array(z.string()), search: z.array(z.string()) }),
  /** What the host's agent saw last, and when. */
  observed: z.nullable(observedVe),
  observedAt: z.nullable(time),
  startedAt: z.nullable(time),
  createdAt: time,
})
export type VeResource = z.infer<typeof veResource>

/** `rootPassword` is sealed before anything is stored. */
export const veCreateInput = z.object({
  name,
  hostname,
  templateId: z.uuid('Choose a template.'),
  /** Without it, placement chooses a host that has the template and room. */
  hostId: z.optional(z.uuid()),
  veid: z.optional(veid),
  /** Without it, the next free address of each pool's family is given. */
  addresses: z.optional(z.array(ipAddress).check(z.maxLength(16))),
  limits: z.optional(z.partial(veLimits)),
  dns: z.optional(
    z.object({
      servers: z.array(ipAddress).check(z.maxLength(8)),
      search: z.array(hostname).check(z.maxLength(8)),
    }),
  ),
  rootPassword: veGuestAccess.shape.rootPassword,
  sshKeys: z.optional(z.array(sshPublicKey).check(z.maxLength(32))),
  start: z.optional(z.boolean()),
})
export type VeCreateInput = z.infer<typeof veCreateInput>
