/**
 * What the panel shows and the API returns, per noun: the pages, `/api/v1` and its OpenAPI document all use these shapes.
 * Times are ISO 8601 in UTC, sizes bytes, "unlimited" null.
 */
import * as z from 'zod/mini'
import { OPERATION_STATUSES, STEP_STATUSES, SUBJECTS } from '../operations/definition.ts'
import { OPERATION_TYPES } from '../operations/registry.ts'
import { observedVe } from './agent-protocol.ts'
import { ARCHES } from './arch.ts'
import { capabilityReport } from './capabilities.ts'
import { hostFacts } from './host-facts.ts'
import { hostAddress, hostname, ipAddress, name, port, sshPublicKey, userName, veid } from './names.ts'
import { problemJson } from './problem.ts'
import { STORAGE_DRIVERS } from './storage.ts'
import { templateDefinition } from './template-definition.ts'
import { veGuestAccess, veLimits } from './ve-spec.ts'
import { VE_STATES } from './ve-state.ts'

const time = z.iso.datetime()
const reference = z.object({ id: z.uuid(), name: z.string() })

/** Lists are paged by cursor, sorted and filtered on the server. */
export const pageOf = <T extends z.ZodMiniType>(item: T) =>
  z.object({ items: z.array(item), next: z.nullable(z.string()), total: z.int() })
export type Page<T> = { items: T[]; next: string | null; total: number }

export const HOST_STATUSES = ['enrolling', 'online', 'offline', 'maintenance', 'failed'] as const
export const hostResource = z.object({
  id: z.uuid(),
  name: z.string(),
  address: z.string(),
  port: z.int(),
  user: z.string(),
  simulated: z.boolean(),
  status: z.enum(HOST_STATUSES),
  problem: z.nullable(problemJson),
  fingerprint: z.nullable(z.string()),
  arch: z.nullable(z.enum(ARCHES)),
  cpus: z.nullable(z.int()),
  memoryBytes: z.nullable(z.int()),
  /** Sum of the memory limits of its VEs. */
  memoryPromisedBytes: z.int(),
  diskBytes: z.nullable(z.int()),
  diskFreeBytes: z.nullable(z.int()),
  diskPromisedBytes: z.int(),
  load1: z.nullable(z.number()),
  ves: z.int(),
  facts: z.nullable(hostFacts),
  capabilities: z.nullable(capabilityReport),
  agentVersion: z.nullable(z.string()),
  lastSeenAt: z.nullable(time),
  createdAt: time,
})
export type HostResource = z.infer<typeof hostResource>

export const TEMPLATE_STATUSES = ['building', 'ready', 'failed'] as const
export const templateResource = z.object({
  id: z.uuid(),
  name: z.string(),
  arch: z.enum(ARCHES),
  definition: templateDefinition,
  status: z.enum(TEMPLATE_STATUSES),
  problem: z.nullable(problemJson),
  /** Hosts that have its cache. */
  caches: z.array(
    z.object({
      host: reference,
      digest: z.string(),
      sizeBytes: z.int(),
      diskBytes: z.int(),
      packages: z.int(),
      builtAt: time,
    }),
  ),
  ves: z.int(),
  createdAt: time,
})
export type TemplateResource = z.infer<typeof templateResource>

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

export const operationStepResource = z.object({
  name: z.string(),
  label: z.string(),
  status: z.enum(STEP_STATUSES),
  detail: z.nullable(z.string()),
  startedAt: z.nullable(time),
  endedAt: z.nullable(time),
})
export const operationResource = z.object({
  id: z.uuid(),
  type: z.enum(OPERATION_TYPES),
  status: z.enum(OPERATION_STATUSES),
  title: z.string(),
  subject: z.enum(SUBJECTS),
  actorName: z.string(),
  host: z.nullable(reference),
  template: z.nullable(reference),
  ve: z.nullable(reference),
  steps: z.array(operationStepResource),
  result: z.nullable(z.unknown()),
  problem: z.nullable(problemJson),
  cancelRequested: z.boolean(),
  createdAt: time,
  startedAt: z.nullable(time),
  endedAt: z.nullable(time),
})
export type OperationResource = z.infer<typeof operationResource>

export const addressPoolResource = z.object({
  id: z.uuid(),
  name: z.string(),
  cidr: z.string(),
  first: z.string(),
  last: z.string(),
  used: z.int(),
  /** Null when there are more than a number holds exactly (IPv6). */
  total: z.nullable(z.int()),
  createdAt: time,
})
export type AddressPoolResource = z.infer<typeof addressPoolResource>

// What POST takes. Secrets (credential, rootPassword) are sealed before anything is stored.

export const hostCredential = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('password'),
    password: z.string().check(z.minLength(1, 'Give the password.'), z.maxLength(1024)),
  }),
  z.object({
    kind: z.literal('key'),
    privateKey: z.string().check(z.minLength(1, 'Paste the private key.'), z.maxLength(32_768)),
    passphrase: z.optional(z.string().check(z.maxLength(1024))),
  }),
])
export type HostCredential = z.infer<typeof hostCredential>

export const hostProbeInput = z.object({ address: hostAddress, port })
export const hostCreateInput = z.union([
  z.object({
    name,
    address: hostAddress,
    port,
    user: userName,
    /** "SHA256:…" as the probe showed it and the admin confirmed it. */
    fingerprint: z.string().check(z.regex(/^SHA256:[A-Za-z0-9+/]{43}$/, 'A fingerprint such as SHA256:….')),
    credential: hostCredential,
  }),
  z.object({ name, simulated: z.literal(true) }),
])
export type HostCreateInput = z.infer<typeof hostCreateInput>

export const templateCreateInput = z.object({
  name,
  definition: templateDefinition,
  /** Hosts to build it on now. */
  hostIds: z.array(z.uuid()).check(z.minLength(1, 'Choose at least one host.'), z.maxLength(100)),
})
export type TemplateCreateInput = z.infer<typeof templateCreateInput>

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

export const addressPoolCreateInput = z.object({
  name,
  cidr: z.union([z.cidrv4(), z.cidrv6()], 'A prefix such as 192.0.2.0/24.'),
  first: z.optional(ipAddress),
  last: z.optional(ipAddress),
})
export type AddressPoolCreateInput = z.infer<typeof addressPoolCreateInput>
