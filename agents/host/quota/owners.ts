/** Level 2 of a running VE: who inside it holds how much, and may hold how much. */
import type { AgentParams, AgentResult } from '../../../lib/contract/agent-protocol.ts'
import { Problem } from '../../../lib/contract/problem.ts'
import {
  OWNERS_LISTED_MOST,
  type OwnerLimits,
  ownerContradictions,
  type QuotaOwner,
  type QuotaOwnerKind,
} from '../../../lib/contract/quota.ts'
import type { VeSpec } from '../../../lib/contract/ve-spec.ts'
import { type Revert, withRevert } from '../revert.ts'
import type { Sys } from '../sys/sys.ts'
import { getQuota, listQuota, type QuotaPlace, setGrace, setQuota } from './kernel.ts'
import { type OwnerNames, readNames } from './names.ts'
import { quotaPlace } from './place.ts'

type Owners = AgentResult<'quota-owners'>
type Change = Pick<AgentParams<'quota-set'>, 'kind' | 'owner' | 'grace'>

const NO_LIMITS: OwnerLimits = { softBytes: null, hardBytes: null, softInodes: null, hardInodes: null }

function namesOf(sys: Sys, spec: VeSpec, { path }: QuotaPlace): OwnerNames {
  return readNames(sys, { path, idBase: spec.namespaces.includes('user') ? spec.idBase : 0 })
}

/** Throws as quotaPlace does. */
export function listOwners(sys: Sys, spec: VeSpec): Owners {
  const place = quotaPlace(sys, spec)
  const most = spec.limits.quotaOwners
  const { owners, counted, grace } = listQuota(sys, place, Math.min(most, OWNERS_LISTED_MOST))
  const names = namesOf(sys, spec, place)
  const named = owners.map((owner) => ({ ...owner, name: names[owner.kind].get(owner.id) ?? null }))
  return { owners: named, counted, most, grace }
}

const refuse = (field: string, text: string) =>
  new Problem('invalid-input', text, { fields: { [field]: text } })

function idOf(names: OwnerNames, kind: QuotaOwnerKind, id: number | string): number {
  if (typeof id === 'number') return id
  const found = [...names[kind]].find(([, name]) => name === id)?.[0]
  if (found !== undefined) return found
  throw refuse('owner.id', `There is no ${kind} ${id} in the VE.`)
}

const hasLimit = (limits: OwnerLimits) => Object.values(limits).some((value) => value !== null)

/** Somebody who is neither named nor counted yet would be a slip; one more than are counted would not be shown. */
function refuseStranger(
  sys: Sys,
  spec: VeSpec,
  place: QuotaPlace,
  owner: QuotaOwner & { wanted: OwnerLimits },
): void {
  const { kind, id, name, wanted } = owner
  const isCounted = owner.usedBytes > 0 || owner.usedInodes > 0 || hasLimit(owner.limits)
  if (isCounted || !hasLimit(wanted)) return
  if (name === null)
    throw refuse('owner.id', `There is no ${kind} ${id} in the VE, and nothing is owned by it.`)
  const { counted } = listQuota(sys, place, 0)
  const most = spec.limits.quotaOwners
  if (counted < most) return
  throw refuse(
    'owner.id',
    `${counted} users and groups have files or limits already: at most ${most} are counted.`,
  )
}

function setOwner(
  sys: Sys,
  spec: VeSpec,
  place: QuotaPlace,
  { kind, owner }: { kind: QuotaOwnerKind; owner: NonNullable<Change['owner']> },
  revert: Revert,
): QuotaOwner {
  const [[field, text] = []] = Object.entries(ownerContradictions(owner.limits))
  if (field !== undefined && text !== undefined) throw refuse(`owner.limits.${field}`, text)
  const names = namesOf(sys, spec, place)
  const id = idOf(names, kind, owner.id)
  const name = names[kind].get(id) ?? null
  const before = getQuota(sys, place, kind, id)
  refuseStranger(sys, spec, place, { ...before, name, wanted: owner.limits })
  revert.push('limits', () => setQuota(sys, place, kind, { id, limits: before.limits }))
  setQuota(sys, place, kind, { id, limits: { ...NO_LIMITS, ...owner.limits } })
  return { ...getQuota(sys, place, kind, id), name }
}

/** Call it with the VE's lock. Throws as quotaPlace does, and `invalid-input`; then nothing is changed. */
export function changeOwners(sys: Sys, spec: VeSpec, { kind, owner, grace }: Change): QuotaOwner | null {
  if (owner === undefined && grace === undefined) throw refuse('owner', 'Say what is to be set.')
  const place = quotaPlace(sys, spec)
  if (grace !== undefined && spec.storage === 'project') {
    const text = 'The grace period is shared by all VEs of the host’s file system.'
    throw new Problem('capability-missing', text, { fields: { grace: text } })
  }
  return withRevert((revert) => {
    const set = owner === undefined ? null : setOwner(sys, spec, place, { kind, owner }, revert)
    if (grace !== undefined) setGrace(sys, place, kind, grace)
    return set
  })
}
