/** Users and groups inside simulated VEs: a few that every VE has, with what was set. */
import type { AgentParams, AgentResult } from '../../lib/contract/agent-protocol.ts'
import { Problem } from '../../lib/contract/problem.ts'
import {
  type OwnerGrace,
  type OwnerLimits,
  ownerContradictions,
  type QuotaOwner,
  type QuotaOwnerKind,
} from '../../lib/contract/quota.ts'
import { MIB } from '../../lib/contract/units.ts'
import type { VeSpec } from '../../lib/contract/ve-spec.ts'
import { veSentinel } from './sentinels.ts'
import { owned } from './simulated-changes.ts'
import type { SimulatedMethods, SimulatedState } from './simulated-methods.ts'

type Listing = Pick<AgentResult<'quota-owners'>, 'owners' | 'grace'>
/** By VE: as the host's process remembers them. */
export type SimulatedQuotas = Map<number, Listing>

const NO_LIMITS: OwnerLimits = { softBytes: null, hardBytes: null, softInodes: null, hardInodes: null }
const WEEK_SECONDS = 604_800
const WEEK: OwnerGrace = { bytesSeconds: WEEK_SECONDS, inodesSeconds: WEEK_SECONDS }
const DAYS_2_MS = 172_800_000
/** Of a VE whose specification an earlier process was told. */
const MOST_DEFAULT = 500

const HOLDERS = [
  { id: 0, name: 'root', usedMib: 410, usedInodes: 16_240 },
  { id: 33, name: 'www-data', usedMib: 96, usedInodes: 1_820 },
  { id: 1000, name: 'alice', usedMib: 212, usedInodes: 3_480 },
  { id: 1001, name: 'bob', usedMib: 37, usedInodes: 512 },
  { id: 4217, name: null, usedMib: 3, usedInodes: 9 },
] as const

function owner(
  kind: QuotaOwnerKind,
  { id, name, usedMib, usedInodes }: (typeof HOLDERS)[number],
): QuotaOwner {
  return {
    ...{ kind, id, name, usedBytes: usedMib * MIB, usedInodes, limits: NO_LIMITS },
    ...{ bytesGraceEndsAt: null, inodesGraceEndsAt: null },
  }
}

/** Alice is above her soft limit, so that a page has one to show. */
function fresh(): Listing {
  const limits = { ...NO_LIMITS, softBytes: 200 * MIB, hardBytes: 256 * MIB }
  const owners = (['user', 'group'] as const).flatMap((kind) => HOLDERS.map((each) => owner(kind, each)))
  return {
    owners: owners.map((each) =>
      each.kind === 'user' && each.id === 1000 ? graced({ ...each, limits }) : each,
    ),
    grace: { user: WEEK, group: WEEK },
  }
}

function graced(of: QuotaOwner): QuotaOwner {
  const { limits, usedBytes, usedInodes } = of
  const ends = (used: number, soft: number | null) =>
    soft === null || used <= soft ? null : Date.now() + DAYS_2_MS
  return {
    ...of,
    bytesGraceEndsAt: ends(usedBytes, limits.softBytes),
    inodesGraceEndsAt: ends(usedInodes, limits.softInodes),
  }
}

type Ve = { veid: number; uuid: string; epoch: number }

function running(state: SimulatedState, key: Ve): { listing: Listing; most: number } {
  const { veid, uuid, epoch } = key
  const ve = owned(state, { veid, uuid, epoch })
  if (ve.initPid === null) throw new Problem('ve-state-forbids', `VE ${veid} does not run.`)
  if (veSentinel(ve.name) === 'fail-quota')
    throw new Problem('agent-failed', `Users of ${ve.name} cannot be counted (simulated).`)
  const spec = ve.accepted === null ? null : (JSON.parse(ve.accepted) as VeSpec)
  const most = spec?.limits.quotaOwners ?? MOST_DEFAULT
  if (most === 0) throw new Problem('ve-state-forbids', `VE ${veid} counts no users and groups.`)
  const listing = state.quotas.get(veid) ?? fresh()
  state.quotas.set(veid, listing)
  return { listing, most }
}

function refuse(field: string, text: string): Problem {
  return new Problem('invalid-input', text, { fields: { [field]: text } })
}

function set(
  listing: Listing,
  { kind, owner }: Pick<AgentParams<'quota-set'>, 'kind' | 'owner'>,
): QuotaOwner {
  if (owner === undefined) throw refuse('owner', 'Say what is to be set.')
  const [wrong] = Object.entries(ownerContradictions(owner.limits))
  if (wrong) throw refuse(`owner.limits.${wrong[0]}`, wrong[1])
  const index = listing.owners.findIndex(
    (each) => each.kind === kind && (each.id === owner.id || each.name === owner.id),
  )
  const found = listing.owners[index]
  if (!found)
    throw refuse('owner.id', `There is no ${kind} ${owner.id} in the VE, and nothing is owned by it.`)
  const changed = graced({ ...found, limits: owner.limits })
  listing.owners[index] = changed
  return changed
}

export const QUOTA_METHODS: Pick<SimulatedMethods, 'quota-owners' | 'quota-set'> = {
  async 'quota-owners'(state, key) {
    const { listing, most } = running(state, key)
    const { owners, grace } = structuredClone(listing)
    return { owners: owners.slice(0, most), grace, counted: owners.length, most }
  },

  async 'quota-set'(state, { kind, owner, grace, ...key }, report) {
    const { listing } = running(state, key)
    await report.step('Set the quota', 50)
    if (grace) listing.grace = { ...listing.grace, [kind]: grace }
    return { owner: owner || !grace ? set(listing, { kind, owner }) : null }
  },
}
