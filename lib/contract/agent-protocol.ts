/**
 * The agent's protocol: JSON-RPC 2.0, one JSON text a line, over the stdin and stdout of one process per request.
 *
 *   worker → agent   one request line, then end of file
 *   agent → worker   any number of notifications ("progress", "log"), then exactly one response, then exit
 *
 * `watch` is the one long-lived call: it never responds, it streams "sample" notifications until stdin ends.
 *
 * The id of a request is its idempotency key. A method marked `journalled` stores key, digest of the parameters and
 * result on disk: asked again with the same key, the agent returns the stored result, follows the run still going, or
 * resumes. The journal never holds a parameter, so never a secret.
 */
import * as z from 'zod/mini'
import { REQUEST_KEY, STOP_SECONDS_MOST } from './agent-constants.ts'
import { backupMethods } from './backups.ts'
import { BEANCOUNTER_NAMES, beancounterReading } from './beancounters.ts'
import { capabilityReport } from './capabilities.ts'
import { hostFacts } from './host-facts.ts'
import { limitEvent } from './limit-event.ts'
import { moveMethods } from './moves.ts'
import { veid } from './names.ts'
import { type Problem, problemJson } from './problem.ts'
import {
  fileSystemUse,
  ownerGrace,
  ownerLimits,
  QUOTA_OWNER_KINDS,
  quotaOwner,
  quotaOwnerId,
} from './quota.ts'
import { cloneSource, snapshotMethods } from './snapshots.ts'
import { cacheName, templateDefinition } from './template-definition.ts'
import { commandLine, environment } from './ve-application.ts'
import { veKey } from './ve-key.ts'
import { veGuestAccess, veSpec } from './ve-spec.ts'
import { OBSERVED_STATES } from './ve-state.ts'

export { FORCED_COMMANDS, type ForcedCommand, HOST_PATHS, PROTOCOL_VERSION } from './agent-constants.ts'

const bytes = z.object({ inBytes: z.int(), outBytes: z.int() })

/**
 * What passed through a VE's interfaces. `base`: all that ended series counted, since the VE came to this host. `live`: the
 * series that counts now, null when it does not run. A series ends with a stop and adds to `base`; one lost in a crash does not.
 */
export const veTraffic = z.object({ base: bytes, live: bytes, series: z.nullable(z.string()) })
export type VeTraffic = z.infer<typeof veTraffic>

/** How a VE's init ended last, told by the signal the kernel kills it with: see reboot(2), pid_namespaces(7). */
export const EXIT_REASONS = ['halt', 'reboot', 'stopped-by-host', 'ended', 'crashed'] as const
export type ExitReason = (typeof EXIT_REASONS)[number]
export const veExit = z.object({
  at: z.int(),
  reason: z.enum(EXIT_REASONS),
  exitCode: z.nullable(z.int()),
  signal: z.nullable(z.int()),
})
export type VeExit = z.infer<typeof veExit>

/** A VE as the kernel shows it. `initPid` is on the host; `startedAt` milliseconds since 1970. */
export const observedVe = z.object({
  veid,
  uuid: z.uuid(),
  epoch: z.int(),
  state: z.enum(OBSERVED_STATES),
  initPid: z.nullable(z.int()),
  startedAt: z.nullable(z.int()),
  memoryBytes: z.nullable(z.int()),
  processes: z.nullable(z.int()),
  /** CPU time used since start, in nanoseconds / 1000 (a whole number of microseconds stays exact for 285 years). */
  cpuMicroseconds: z.nullable(z.int()),
  /** Bytes it takes on the host; `fileSystem` is what the VE sees, null while it is not mounted. */
  diskUsedBytes: z.nullable(z.int()),
  fileSystem: z.nullable(fileSystemUse),
  /** Null when it does not run. */
  beancounters: z.nullable(z.record(z.enum(BEANCOUNTER_NAMES), beancounterReading)),
  /** It runs from the rescue root, its own disk mounted in there. */
  rescue: z.boolean(),
  lastExit: z.nullable(veExit),
  /** Of a hibernated VE: when it was frozen (milliseconds since 1970), and what its memory takes on the disk. */
  checkpoint: z.nullable(z.object({ at: z.int(), bytes: z.int() })),
  traffic: veTraffic,
})
export type ObservedVe = z.infer<typeof observedVe>

export const templateCache = z.object({
  cache: cacheName,
  /** "sha256:" and 64 hex digits, of the cache file. */
  digest: z.string().check(z.regex(/^sha256:[0-9a-f]{64}$/)),
  /** Size of the file system inside, and bytes it takes on disk. */
  sizeBytes: z.int(),
  diskBytes: z.int(),
  packages: z.int(),
})
export type TemplateCache = z.infer<typeof templateCache>

type MethodSchema = { journalled: boolean; params: z.ZodMiniType; result: z.ZodMiniType }

export const AGENT_METHODS = {
  /** Does nothing: measures the way there and back. */
  ping: {
    journalled: false,
    params: z.object({}),
    result: z.object({ protocol: z.int(), agentVersion: z.string() }),
  },
  'host-facts': {
    journalled: false,
    params: z.object({}),
    result: z.object({ agentVersion: z.string(), facts: hostFacts, capabilities: capabilityReport }),
  },
  /** Replaces the agent by a bundle signed with the release key laid down at enrolment (ssh-keygen -Y verify, namespace "corral-agent"). */
  'agent-upgrade': {
    journalled: true,
    params: z.object({
      bundle: z.string().check(z.maxLength(4_000_000)),
      signature: z.string().check(z.maxLength(10_000)),
    }),
    result: z.object({ agentVersion: z.string() }),
  },
  /** Takes a panel's key (its base64 part) off the host: the last thing that panel asks. An absent one is no error. */
  'host-leave': {
    journalled: false,
    params: z.object({ panelKey: z.string().check(z.regex(/^[A-Za-z0-9+/]{40,}={0,3}$/)) }),
    result: z.object({}),
  },
  'template-build': {
    journalled: true,
    params: z.object({
      cache: cacheName,
      definition: templateDefinition,
      limits: z.object({
        memoryBytes: z.int(),
        diskBytes: z.int(),
        processes: z.int(),
        timeoutSeconds: z.int(),
      }),
    }),
    result: templateCache,
  },
  /** Ends a build that goes on, if there is one, and tells which cache of that name the host holds now. */
  'template-call-off': {
    journalled: true,
    params: z.object({ cache: cacheName }),
    result: z.object({ built: z.nullable(templateCache) }),
  },
  'template-list': {
    journalled: false,
    params: z.object({}),
    result: z.object({ caches: z.array(templateCache) }),
  },
  'template-remove': { journalled: true, params: z.object({ cache: cacheName }), result: z.object({}) },
  /** Disk from the cache (`cache`, `digest`) or `from` a snapshot of another VE on this host; guest set-up. Leaves the VE stopped, unless `start`. */
  've-create': {
    journalled: true,
    params: z.object({
      spec: veSpec,
      cache: z.optional(cacheName),
      digest: z.optional(templateCache.shape.digest),
      from: z.optional(cloneSource),
      access: veGuestAccess,
      start: z.optional(z.boolean()),
    }),
    result: observedVe,
  },
  /** Starts a stopped VE by its spec (limits and interfaces are taken from here, not from creation). A running one is left alone. */
  've-start': { journalled: true, params: z.object({ spec: veSpec }), result: observedVe },
  /**
   * Brings a VE, running or stopped, to this spec: interfaces, rates, firewall, devices, NFS, name servers, host name, limits. What
   * a running VE cannot take (kind, namespaces, features) is stored and counts from its next start. All or nothing:
   * what failed half way is taken back to the stored spec. `access` sets a root password or SSH keys.
   */
  've-configure': {
    journalled: true,
    params: z.object({ spec: veSpec, access: z.optional(veGuestAccess) }),
    result: observedVe,
  },
  /** Starts a stopped VE from a rescue root made from a template's cache, the VE's own disk mounted at /mnt/ve. Ended by ve-stop. */
  've-rescue': {
    journalled: true,
    params: z.object({
      spec: veSpec,
      cache: cacheName,
      digest: templateCache.shape.digest,
      access: veGuestAccess,
    }),
    result: observedVe,
  },
  /**
   * Asks init to halt and does not wait. `asked` is false when it does not run. `waitSeconds`: how long the panel is going to wait;
   * about as long a reboot, too, counts as the halt.
   */
  've-halt': {
    journalled: false,
    params: z.object({ ...veKey, waitSeconds: z.int().check(z.gte(1), z.lte(STOP_SECONDS_MOST)) }),
    result: z.object({ asked: z.boolean() }),
  },
  /** Kills what runs and takes the VE off the kernel; of a hibernated one it throws the memory away. A stopped VE is left alone. */
  've-stop': { journalled: true, params: z.object(veKey), result: observedVe },
  /**
   * Writes a running VE's memory to the disk and takes it off the kernel; one that is hibernated is left alone. Until all of it is on
   * the disk a failure lets the VE go on as if nothing had been. Throws `checkpoint-failed`, `no-disk-space`.
   */
  've-hibernate': { journalled: true, params: z.object(veKey), result: observedVe },
  /**
   * Lets a hibernated VE go on where it was, with the interfaces and limits of `spec`; a running one is left alone. Throws
   * `restore-failed`: the VE is still hibernated then.
   */
  've-resume': { journalled: true, params: z.object({ spec: veSpec }), result: observedVe },
  ...snapshotMethods(observedVe),
  ...backupMethods(observedVe),
  ...moveMethods(observedVe),
  /**
   * Runs one command in a running VE as its root, without a terminal. `exitCode` is null when a signal or the time limit ended
   * it. Output beyond `outputBytes` (each stream) is thrown away, and said so.
   */
  've-exec': {
    journalled: true,
    params: z.object({
      ...veKey,
      command: commandLine,
      environment,
      stdin: z.string().check(z.maxLength(1_000_000)),
      timeoutSeconds: z.int().check(z.gte(1), z.lte(3600)),
      outputBytes: z.int().check(z.gte(0), z.lte(1_000_000)),
    }),
    result: z.object({
      exitCode: z.nullable(z.int()),
      signal: z.nullable(z.int()),
      timedOut: z.boolean(),
      stdout: z.string(),
      stderr: z.string(),
      truncated: z.boolean(),
    }),
  },
  /**
   * Removes a stopped VE, or with `kill` a running one too, and all that was its; one that is absent, or whose number
   * another VE has, is no error. Keeps a tombstone with the epoch.
   */
  've-destroy': {
    journalled: true,
    params: z.object({ ...veKey, kill: z.optional(z.boolean()) }),
    result: z.object({}),
  },
  /** The text of OpenVZ's /proc/user_beancounters for one running VE, or for all. */
  'user-beancounters': {
    journalled: false,
    params: z.object({ veid: z.optional(veid) }),
    result: z.object({ text: z.string() }),
  },
  /**
   * Level 2: users and groups that own files of the VE or have a limit: those with a limit first, then those that hold most, no
   * more than `most` and OWNERS_LISTED_MOST. `counted`: how many there are. No kernel keeps more than `most` from owning
   * files: they are not listed, and cannot be given limits. Throws `capability-missing` where its storage keeps no such quota,
   * `ve-state-forbids` when the VE does not run, or counts owners from its next start only.
   */
  'quota-owners': {
    journalled: false,
    params: z.object(veKey),
    result: z.object({
      owners: z.array(quotaOwner),
      counted: z.int(),
      most: z.int(),
      grace: z.object({ user: ownerGrace, group: ownerGrace }),
    }),
  },
  /** Limits of one user or group inside the VE, or the grace of all of a kind. Throws as above, and `invalid-input`. */
  'quota-set': {
    journalled: true,
    params: z.object({
      ...veKey,
      kind: z.enum(QUOTA_OWNER_KINDS),
      owner: z.optional(z.object({ id: quotaOwnerId, limits: ownerLimits })),
      grace: z.optional(ownerGrace),
    }),
    result: z.object({ owner: z.nullable(quotaOwner) }),
  },
  /** State of one VE, or of all. */
  've-state': {
    journalled: false,
    params: z.object({ veid: z.optional(veid) }),
    result: z.object({ ves: z.array(observedVe) }),
  },
} as const satisfies Record<string, MethodSchema>

export type AgentMethod = keyof typeof AGENT_METHODS
export const AGENT_METHOD_NAMES = Object.keys(AGENT_METHODS) as [AgentMethod, ...AgentMethod[]]
export type AgentParams<M extends AgentMethod> = z.infer<(typeof AGENT_METHODS)[M]['params']>
export type AgentResult<M extends AgentMethod> = z.infer<(typeof AGENT_METHODS)[M]['result']>

/** Idempotency key: unique per intended effect, such as "<operation id>:<step>". */
export const requestKey = z.string().check(z.regex(REQUEST_KEY))

export const agentRequest = z.object({
  jsonrpc: z.literal('2.0'),
  id: requestKey,
  method: z.string(),
  params: z.unknown(),
  /** The caller's PROTOCOL_VERSION. */
  protocol: z.int(),
})
export type AgentRequest = z.infer<typeof agentRequest>

/** `step` and `label` name what goes on; `fraction` 0…1 where it is known. */
export const agentProgress = z.object({
  step: z.string(),
  label: z.string(),
  state: z.enum(['running', 'done', 'failed']),
  detail: z.optional(z.string()),
  fraction: z.optional(z.number()),
})
export type AgentProgress = z.infer<typeof agentProgress>

/** One round of `watch`: everything seen on the host at `at` (milliseconds since 1970). */
export const watchSample = z.object({
  at: z.int(),
  bootId: z.string(),
  load1: z.number(),
  memoryFreeBytes: z.int(),
  vzFreeBytes: z.int(),
  ves: z.array(observedVe),
  /** What limits refused since the sample before. */
  limitEvents: z.array(limitEvent),
})
export type WatchSample = z.infer<typeof watchSample>

export const agentMessage = z.union([
  z.object({ jsonrpc: z.literal('2.0'), method: z.literal('progress'), params: agentProgress }),
  z.object({ jsonrpc: z.literal('2.0'), method: z.literal('log'), params: z.object({ line: z.string() }) }),
  z.object({ jsonrpc: z.literal('2.0'), method: z.literal('sample'), params: watchSample }),
  z.object({ jsonrpc: z.literal('2.0'), id: requestKey, result: z.unknown() }),
  z.object({
    jsonrpc: z.literal('2.0'),
    id: z.nullable(requestKey),
    /** `code` is JSON-RPC's number (-32000 for all of ours); the problem is in `data`. */
    error: z.object({ code: z.int(), message: z.string(), data: problemJson }),
  }),
])
export type AgentMessage = z.infer<typeof agentMessage>

export const TERMINAL_KINDS = ['console', 'boot-log'] as const
export type TerminalKind = (typeof TERMINAL_KINDS)[number]

export type TerminalOptions = {
  kind: TerminalKind
  ve: { veid: number; uuid: string; epoch: number }
  size: { columns: number; rows: number }
  onData(bytes: Uint8Array): void
  /** Once, whoever ended it; a problem when it broke. */
  onEnd(problem: Problem | null): void
}
export type TerminalChannel = {
  /** Resolves when it was taken, or the terminal ended: what the VE does not read piles up with who writes. Never rejects. */
  write(bytes: Uint8Array): Promise<void>
  resize(size: { columns: number; rows: number }): void
  /** Stops and goes on reading, so that a slow reader holds up the VE and not our memory. */
  pause(): void
  resume(): void
  close(): void
}

/** A link to one host's agent: real over SSH, or simulated. Rejects with a `Problem`. */
export interface HostLink {
  call<M extends AgentMethod>(
    method: M,
    params: AgentParams<M>,
    options: {
      key: string
      signal?: AbortSignal
      onProgress?: (progress: AgentProgress) => void
      onLog?: (line: string) => void
      /** Takes what was prepared under this name, if it is there. */
      prepared?: string
    },
  ): Promise<AgentResult<M>>
  /** Has an agent wait for the next call that names this, so that its start is not waited for then. Never rejects. */
  prepare?(name: string): Promise<void>
  /** Opens a terminal into a VE or the log of its init: bytes both ways until either side ends it. Rejects if it cannot be opened. */
  openTerminal(options: TerminalOptions): Promise<TerminalChannel>
  /** Streams samples until the signal aborts or the link breaks (then it rejects with `link-lost`). */
  watch(options: {
    intervalSeconds: number
    signal: AbortSignal
    onSample: (sample: WatchSample) => void
  }): Promise<void>
}
