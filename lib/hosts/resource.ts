/** A host as pages show it and the API returns it, and what is needed to add one. */
import * as z from 'zod/mini'
import { ARCHES } from '../contract/arch.ts'
import { capabilityReport } from '../contract/capabilities.ts'
import { hostFacts } from '../contract/host-facts.ts'
import { hostAddress, name, port, userName } from '../contract/names.ts'
import { problemJson } from '../contract/problem.ts'
import { reference, time } from '../contract/resource.ts'

export const HOST_STATUSES = ['enrolling', 'online', 'offline', 'maintenance', 'failed'] as const
export const hostResource = z.object({
  id: z.uuid(),
  name: z.string(),
  /** Of hosts that share address pools; in one at most. */
  group: z.nullable(reference),
  address: z.string(),
  port: z.int(),
  user: z.string(),
  simulated: z.boolean(),
  status: z.enum(HOST_STATUSES),
  problem: z.nullable(problemJson),
  /** Since when nothing new is placed on it; also while it is offline. Null: it takes VEs. */
  maintenanceSince: z.nullable(time),
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

/** Secret: sealed to the workers before anything is stored, used once. */
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

/** On: its VEs run on, and none is placed on it, moved or created there. */
export const hostMaintenanceInput = z.object({ on: z.boolean('Say on (true) or off (false).') })
export type HostMaintenanceInput = z.infer<typeof hostMaintenanceInput>
