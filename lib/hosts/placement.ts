/** Which host a VE goes to. Pure: the caller reads the hosts, under the allocation lock. */
import { ARCH, type Arch, archRuns } from '../contract/arch.ts'
import type { CapabilityReport } from '../contract/capabilities.ts'
import type { HostFacts } from '../contract/host-facts.ts'
import { Problem } from '../contract/problem.ts'
import { STORAGE, type StorageDriver } from '../contract/storage.ts'
import { formatBytes } from '../contract/units.ts'
import { DEFAULT_LIMITS, type VeLimits } from '../contract/ve-limits.ts'
import { limitObstacle } from '../limits/misfits.ts'
import { guaranteedBytes } from '../ves/limits/commitment.ts'
import { lacking, type Need } from '../ves/privileges.ts'
import type { Promised } from './promised.ts'
import type { HOST_STATUSES } from './resource.ts'

/**
 * How much may be promised for each byte a host has. VEs rarely use their whole memory at once, and a disk image takes
 * only what was written to it. Constants until hosts have a setting of their own.
 */
export const MEMORY_RATIO = 1.5
export const DISK_RATIO = 2
/** What is guaranteed has to be there: so much of a host's memory, the rest is for itself. */
export const GUARANTEE_RATIO = 0.9

export type Candidate = {
  id: string
  name: string
  status: (typeof HOST_STATUSES)[number]
  arch: Arch | null
  cgroupVersion: 1 | 2 | null
  /** Why it cannot run VEs at all, in its agent's words; null when it can, or does not say. */
  cannotRun: string | null
  memoryBytes: number | null
  diskBytes: number | null
  /** Memory that its VEs use now. */
  heldBytes: number
  promised: Omit<Promised, 'ves'>
  /** How many VEs of the same spread group are there, or on their way there. */
  together: number
  /** Size of the file system in the template's cache there; null when the host does not have the template. */
  templateBytes: number | null
  capabilities: CapabilityReport | null
  facts: Partial<HostFacts> | null
}

export type Wanted = {
  arch: Arch
  init: 'sysvinit' | 'systemd'
  templateName: string
  limits: VeLimits
  storage: StorageDriver
  /** What its host must have for it. */
  needs: readonly Need[]
}

/** Why this host cannot take the VE, or null when it can. */
export function obstacle(host: Candidate, wanted: Wanted): Problem | null {
  if (host.arch !== null && !archRuns(host.arch, wanted.arch))
    return new Problem(
      'architecture-mismatch',
      `${host.name} is ${ARCH[host.arch].label}; the template is for ${ARCH[wanted.arch].label}.`,
    )
  if (host.status === 'maintenance')
    return new Problem('conflict', `${host.name} is in maintenance: nothing new is placed there.`)
  if (host.status !== 'online') return new Problem('conflict', `${host.name} is ${host.status}.`)
  if (host.cannotRun !== null)
    return new Problem('capability-missing', `${host.name} cannot run VEs: ${host.cannotRun}`)
  if (host.templateBytes === null)
    return new Problem(
      'template-not-ready',
      `${host.name} does not have the template ${wanted.templateName}.`,
    )
  if (wanted.init === 'systemd' && host.cgroupVersion === 1)
    return new Problem('capability-missing', `${host.name} has cgroup v1; systemd needs cgroup v2.`)
  if (wanted.limits.diskBytes < host.templateBytes) return tooSmall(host.templateBytes, wanted)
  return (
    lacking(host, [{ capability: STORAGE[wanted.storage].capability, field: 'storage' }, ...wanted.needs]) ??
    limitObstacle({ ...host, storage: wanted.storage }, DEFAULT_LIMITS, wanted.limits) ??
    noRoom(host, roomWanted(wanted))
  )
}

function tooSmall(templateBytes: number, wanted: Wanted): Problem {
  const sentence = `${wanted.templateName} needs at least ${formatBytes(templateBytes)}.`
  return new Problem('invalid-input', 'Not valid: limits.diskBytes.', {
    fields: { 'limits.diskBytes': sentence },
  })
}

export type RoomHost = Pick<Candidate, 'name' | 'memoryBytes' | 'diskBytes' | 'promised'>
export type Room = Candidate['promised']

const ROOM_WORDS = { memoryBytes: 'memory', diskBytes: 'disk', guaranteedBytes: 'guaranteed memory' } as const
const ROOM_FIELD = {
  memoryBytes: 'limits.memoryBytes',
  diskBytes: 'limits.diskBytes',
  guaranteedBytes: 'limits.beancounters.vmguarpages',
} as const
const ROOMS = ['memoryBytes', 'diskBytes', 'guaranteedBytes'] as const

export const roomWanted = ({ limits }: Pick<Wanted, 'limits'>): Room => ({
  memoryBytes: limits.memoryBytes,
  diskBytes: limits.diskBytes,
  guaranteedBytes: guaranteedBytes(limits),
})

/** `host-full`, with the fields, when that much cannot be promised on top of what is; null when it can. */
export function noRoom(host: RoomHost, wanted: Room): Problem | null {
  const left = room(host)
  const short = ROOMS.filter((what) => wanted[what] > left[what])
  if (short.length === 0) return null
  const sentences = short.map(
    (what) => `${formatBytes(wanted[what])} ${ROOM_WORDS[what]} asked, ${formatBytes(left[what])} left`,
  )
  const fields = short.map((what, index) => [ROOM_FIELD[what], `${host.name}: ${sentences[index]}.`])
  return new Problem('host-full', `${host.name}: ${sentences.join('; ')}.`, {
    fields: Object.fromEntries(fields),
  })
}

/** What may still be promised. A host that has not said what it has offers nothing. */
function room({ memoryBytes, diskBytes, promised }: RoomHost): Room {
  const left = (has: number | null, ratio: number, given: number) =>
    Math.max(0, Math.floor((has ?? 0) * ratio) - given)
  return {
    memoryBytes: left(memoryBytes, MEMORY_RATIO, promised.memoryBytes),
    diskBytes: left(diskBytes, DISK_RATIO, promised.diskBytes),
    guaranteedBytes: left(memoryBytes, GUARANTEE_RATIO, promised.guaranteedBytes),
  }
}

/**
 * Of those that can take it the best, as `rank` has it.
 * Throws `template-not-ready` when no host has the template, else `no-host-fits` with a reason per host.
 */
export function placeVe(hosts: readonly Candidate[], wanted: Wanted): Candidate {
  const judged = hosts.map((host) => ({ host, problem: obstacle(host, wanted) }))
  const fitting = judged.filter(({ problem }) => problem === null).map(({ host }) => host)
  const [best] = rank(fitting, wanted)
  if (best) return best
  throw nowhere(judged, wanted)
}

/**
 * Hosts that can take it, the best first: with the fewest VEs of its spread group, so none where that can be; of those the one with
 * the most room left afterwards, in what is scarcer there: promised or in use; of equals the first by name.
 */
export function rank<H extends Candidate>(fitting: readonly H[], wanted: Pick<Wanted, 'limits'>): H[] {
  return [...fitting].sort(
    (a, b) =>
      a.together - b.together || fullness(a, wanted) - fullness(b, wanted) || (a.name < b.name ? -1 : 1),
  )
}

/** Of what is scarcest, how much would be taken with it: 1 is all that may be promised. */
export function fullness(
  {
    memoryBytes,
    diskBytes,
    heldBytes,
    promised,
  }: Pick<Candidate, 'memoryBytes' | 'diskBytes' | 'heldBytes' | 'promised'>,
  wanted: Pick<Wanted, 'limits'>,
): number {
  const share = (has: number | null, ratio: number, given: number) => given / ((has ?? 0) * ratio || 1)
  const asked = roomWanted(wanted)
  return Math.max(
    share(memoryBytes, 1, heldBytes),
    share(memoryBytes, MEMORY_RATIO, promised.memoryBytes + asked.memoryBytes),
    share(diskBytes, DISK_RATIO, promised.diskBytes + asked.diskBytes),
    share(memoryBytes, GUARANTEE_RATIO, promised.guaranteedBytes + asked.guaranteedBytes),
  )
}

const NAMED_REASONS = 10

function nowhere(judged: { host: Candidate; problem: Problem | null }[], wanted: Wanted): Problem {
  if (judged.every(({ host }) => host.templateBytes === null))
    return new Problem('template-not-ready', `No host has the template ${wanted.templateName} yet.`)
  // The same field is wrong on every host that has the template: say it beside the field.
  const withTemplate = judged.filter(({ host }) => host.templateBytes !== null)
  const [first] = withTemplate.map(({ problem }) => problem)
  if (first && withTemplate.every(({ problem }) => problem?.code === 'invalid-input')) return first
  // Of many hosts those are named that have the template: they were nearest to taking it.
  const others = judged.filter(({ host }) => host.templateBytes === null)
  const problems = [...withTemplate, ...others].flatMap(({ problem }) => (problem ? [problem] : []))
  const reasons = problems.map((problem) =>
    problem.code === 'host-full'
      ? problem.detail
      : (Object.values(problem.fields ?? {})[0] ?? problem.detail),
  )
  const more = reasons.length > NAMED_REASONS ? ` And ${reasons.length - NAMED_REASONS} more hosts.` : ''
  return new Problem('no-host-fits', `${reasons.slice(0, NAMED_REASONS).join(' ')}${more}`)
}
