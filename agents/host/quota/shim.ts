/** Answers the quota programs within a VE: for its own root all of it, for others what is their own. */
import { Problem } from '../../../lib/contract/problem.ts'
import {
  OWNERS_LISTED_MOST,
  type OwnerGrace,
  ownerGrace,
  QUOTA_OWNER_KINDS,
  type QuotaOwnerKind,
  quotaOwner,
} from '../../../lib/contract/quota.ts'
import { ID_RANGE_SIZE, type VeSpec } from '../../../lib/contract/ve-spec.ts'
import { withLock } from '../lock.ts'
import type { Sys } from '../sys/sys.ts'
import { getSpec } from '../ve-store.ts'
import { getQuota, type KernelOwner, listQuota } from './kernel.ts'
import { changeOwners } from './owners.ts'
import { quotaPlace } from './place.ts'
import { demandRunning } from './running.ts'

/** Who asks, as the VE counts. */
type Peer = { uid: number; gid: number }
type Request = { sys: Sys; spec: VeSpec; peer: Peer; words: readonly string[] }

const refuse = (text: string) => new Problem('invalid-input', text)

function kindOf(word: string | undefined): QuotaOwnerKind {
  const kind = QUOTA_OWNER_KINDS.find((each) => each === word)
  if (kind === undefined) throw refuse('Neither user nor group.')
  return kind
}

function numberOf(word: string | undefined, most = 2 ** 53 - 1): number {
  if (word === undefined || !/^\d{1,16}$/.test(word) || Number(word) > most)
    throw refuse(`Not a number: ${word}.`)
  return Number(word)
}

const idOf = (word: string | undefined) => numberOf(word, ID_RANGE_SIZE - 1)

function demandRoot({ peer }: Request): void {
  if (peer.uid !== 0) throw new Problem('forbidden', 'Only root may do that.')
}

/** "-" is none; times in seconds since 1970. */
function ownerLine({ kind, id, usedBytes, usedInodes, limits, ...grace }: KernelOwner): string {
  const { softBytes, hardBytes, softInodes, hardInodes } = limits
  const ends = [grace.bytesGraceEndsAt, grace.inodesGraceEndsAt].map((at) => (at === null ? null : at / 1000))
  const words = [usedBytes, usedInodes, softBytes, hardBytes, softInodes, hardInodes, ...ends]
  return ['owner', kind, id, ...words.map((each) => each ?? '-')].join(' ')
}

const graceLine = (kind: QuotaOwnerKind, { bytesSeconds, inodesSeconds }: OwnerGrace) =>
  `grace ${kind} ${bytesSeconds} ${inodesSeconds}`

function list(request: Request): string[] {
  demandRoot(request)
  const { sys, spec } = request
  const most = spec.limits.quotaOwners
  const { owners, counted, grace } = listQuota(sys, quotaPlace(sys, spec), Math.min(most, OWNERS_LISTED_MOST))
  return [
    `counted ${counted} ${most}`,
    ...QUOTA_OWNER_KINDS.map((kind) => graceLine(kind, grace[kind])),
    ...owners.map(ownerLine),
  ]
}

/** KIND ID: a user may see himself and the group that he is in. */
function one(request: Request): string[] {
  const { sys, spec, peer, words } = request
  const [kind, id] = [kindOf(words[0]), idOf(words[1])]
  if (id !== (kind === 'user' ? peer.uid : peer.gid)) demandRoot(request)
  return [ownerLine(getQuota(sys, quotaPlace(sys, spec), kind, id))]
}

/** To setquota(8), as to the kernel, 0 is no limit. */
const limit = (word: string | undefined) => numberOf(word) || null

/** KIND ID, then soft and hard bytes, soft and hard inodes. */
function set(request: Request): string[] {
  demandRoot(request)
  const { sys, spec, words } = request
  const [kind, id] = [kindOf(words[0]), idOf(words[1])]
  const [softBytes = null, hardBytes = null, softInodes = null, hardInodes = null] = [2, 3, 4, 5].map((at) =>
    limit(words[at]),
  )
  const owner = {
    id,
    limits: quotaOwner.shape.limits.parse({ softBytes, hardBytes, softInodes, hardInodes }),
  }
  changeOwners(sys, spec, { kind, owner })
  return []
}

/** KIND, then seconds for bytes and for inodes. */
function grace(request: Request): string[] {
  demandRoot(request)
  const { sys, spec, words } = request
  const seconds = { bytesSeconds: numberOf(words[1]), inodesSeconds: numberOf(words[2]) }
  const parsed = ownerGrace.safeParse(seconds)
  if (!parsed.success) throw refuse('At most a year.')
  changeOwners(sys, spec, { kind: kindOf(words[0]), grace: parsed.data })
  return []
}

const VERBS = new Map<string, (request: Request) => string[]>(Object.entries({ list, one, set, grace }))

/** "ok" and lines, or "error" and why. Pure but for the questions to the kernel. Call what changes with the VE's lock. */
export function answerShim(request: Request, verb: string): string {
  try {
    const work = VERBS.get(verb)
    if (work === undefined) throw refuse('Not known.')
    demandRunning(request.sys, request.spec)
    return ['ok', ...work(request), ''].join('\n')
  } catch (error) {
    return `error ${Problem.from(error).detail.replaceAll('\n', ' ')}\n`
  }
}

/** These alter what requests for the VE alter, too. */
const CHANGES = new Set(['set', 'grace'])
/** Its request is worth less than one that is made of the host. */
const WAIT_SECONDS = 5

/** Which request has the lock is none of the VE's business. */
function withLockOf(sys: Sys, veid: number, work: () => string): string {
  try {
    return withLock(sys, `ve${veid}`, `VE ${veid}`, 'quota', work, { waitSeconds: WAIT_SECONDS })
  } catch (error) {
    if (Problem.from(error).code === 'locked') return 'error The host is at work on this VE: try again.\n'
    throw error
  }
}

/** Arguments: VEID UID GID VERB and words, of the listener. */
export function quotaShim(sys: Sys): void {
  const [, ve = '', uid = '', gid = '', verb = '', ...words] = sys.args
  const veid = numberOf(ve)
  const peer = { uid: numberOf(uid), gid: numberOf(gid) }
  const answer = () => answerShim({ sys, spec: getSpec(sys, veid), peer, words }, verb)
  // Others than root are refused anyway, and keep nobody waiting.
  sys.output(CHANGES.has(verb) && peer.uid === 0 ? withLockOf(sys, veid, answer) : answer())
}
