/** Making, changing and removing firewall rule sets. A change is laid out on the host of each VE that refers to the set. */
import { recordAudit } from '../audit/record.ts'
import { idOf, notFound } from '../auth/not-found.ts'
import { ownedOrOffered } from '../auth/scope.ts'
import { demand, homeAccount, type Viewer } from '../auth/viewer.ts'
import { Problem } from '../contract/problem.ts'
import { FIREWALL_RULES_MAX, type FirewallRule } from '../contract/ve-firewall.ts'
import type { Db } from '../db/client.ts'
import type { FirewallSet } from '../db/generated/client.ts'
import { within } from '../db/within.ts'
import { emitEvent } from '../events/emit.ts'
import { actorOf } from '../operations/commands.ts'
import { enqueueOperation } from '../operations/enqueue.ts'
import { layOutFirewall } from './lay-out.ts'
import { getFirewallSet } from './queries.ts'
import type { FirewallSettings } from './resource.ts'
import type { FirewallSetCreateInput, FirewallSetResource, FirewallSetUpdateInput } from './set-resource.ts'
import { type SetUse, usesOfSet } from './uses.ts'

/** It belongs to the viewer's own account. Throws `forbidden`, and `invalid-input` for a name that the account has given. */
export async function createFirewallSet(
  viewer: Viewer,
  input: FirewallSetCreateInput,
  tx?: Db,
): Promise<FirewallSetResource> {
  const accountId = homeAccount(viewer, 've:configure')
  return within(tx, async (on) => {
    await refuseTakenName(on, accountId, input.name, null)
    const row = await on.firewallSet.create({ data: { accountId, ...input } })
    await note(on, viewer, row, { rules: input.rules.length })
    return getFirewallSet(viewer, row.id, on)
  })
}

/**
 * Answers with the operations that lay the new rules out; a VE that cannot be changed now has them from its next start. Throws
 * `not-found`, `forbidden`, and `invalid-input` for a taken name or where a VE would have too many rules.
 */
export function updateFirewallSet(
  viewer: Viewer,
  id: string,
  input: FirewallSetUpdateInput,
  tx?: Db,
): Promise<{ firewallSet: FirewallSetResource; operationIds: string[] }> {
  return managing(viewer, id, tx, async (on, set) => {
    if (input.name !== undefined) await refuseTakenName(on, set.accountId, input.name, set.id)
    await on.firewallSet.update({ where: { id: set.id }, data: input })
    const rules = input.rules?.length ?? (set.rules as FirewallRule[]).length
    await note(on, viewer, { ...set, ...input }, { rules })
    const uses = input.rules ? await usesOfSet(on, set.id) : []
    await refuseTooMany(on, uses)
    const operationIds: string[] = []
    for (const use of uses) operationIds.push(...(await layOutAgain(on, viewer, use, set.name)))
    return { firewallSet: await getFirewallSet(viewer, set.id, on), operationIds }
  })
}

/** Throws `not-found`, `forbidden`, and `conflict` naming the VEs that refer to it. */
export function removeFirewallSet(viewer: Viewer, id: string, tx?: Db): Promise<void> {
  return managing(viewer, id, tx, async (on, set) => {
    const uses = await usesOfSet(on, set.id)
    if (uses.length > 0) {
      const names = uses.map(({ name }) => name).sort()
      const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : ''
      throw new Problem('conflict', `VEs refer to ${set.name}: ${names.slice(0, NAMED).join(', ')}${more}.`)
    }
    await on.veFirewallSet.deleteMany({ where: { setId: set.id } })
    await on.firewallSet.delete({ where: { id: set.id } })
    await note(on, viewer, set, { removed: true })
  })
}
const NAMED = 10

/**
 * The row is locked until the transaction ends, so that a VE that begins to refer to it and a change of it see each other. Rule
 * sets are locked before VEs, here and in ve-firewall.ts.
 */
async function managing<T>(
  viewer: Viewer,
  id: string,
  tx: Db | undefined,
  work: (on: Db, set: FirewallSet) => Promise<T>,
): Promise<T> {
  const setId = idOf('firewall set', id)
  return within(tx, async (on) => {
    await on.$executeRaw`SELECT 1 FROM firewall_set WHERE id = ${setId}::uuid FOR NO KEY UPDATE`
    const where = { id: setId, ...ownedOrOffered(viewer, 've:read') }
    const set = await on.firewallSet.findFirst({ where })
    if (!set) throw notFound('firewall set')
    demand(viewer, 've:configure', set.accountId)
    return work(on, set)
  })
}

async function refuseTakenName(on: Db, accountId: string, name: string, setId: string | null): Promise<void> {
  const where = {
    accountId,
    name: { equals: name, mode: 'insensitive' as const },
    ...(setId ? { id: { not: setId } } : {}),
  }
  if ((await on.firewallSet.count({ where })) > 0) throw wrong('name', 'Another rule set has this name.')
}

/** With the set as it is now. */
async function refuseTooMany(on: Db, uses: readonly SetUse[]): Promise<void> {
  const ves = await on.ve.findMany({
    where: { id: { in: uses.map(({ id }) => id) } },
    select: { name: true, firewall: true, firewallSets: { include: { set: true } } },
    orderBy: { name: 'asc' },
  })
  for (const { name, firewall, firewallSets } of ves) {
    const sets = new Map(firewallSets.map(({ set }) => [set.id, set.rules as FirewallRule[]]))
    const { rules } = layOutFirewall(firewall as FirewallSettings, sets)
    if (rules.length > FIREWALL_RULES_MAX)
      throw wrong('rules', `${name} would have ${rules.length} rules: at most ${FIREWALL_RULES_MAX}.`)
  }
}

/** One that is in a state that allows no change takes the rules up when it starts. */
async function layOutAgain(on: Db, viewer: Viewer, use: SetUse, setName: string): Promise<string[]> {
  try {
    const { operationId } = await enqueueOperation(on, {
      type: 've-configure',
      input: { veId: use.id, change: {} },
      title: `Lay out ${setName} on ${use.name}`,
      actor: actorOf(viewer),
      accountId: use.accountId,
      veId: use.id,
      hostId: use.hostId,
    })
    return [operationId]
  } catch (error) {
    if (error instanceof Problem && error.code === 've-state-forbids') return []
    throw error
  }
}

async function note(
  on: Db,
  viewer: Viewer,
  set: Pick<FirewallSet, 'id' | 'accountId' | 'name'>,
  details: Record<string, number | boolean>,
): Promise<void> {
  const { id, accountId, name } = set
  await recordAudit(on, {
    action: 'firewall-set-change',
    actor: actorOf(viewer),
    accountId,
    subject: name,
    details,
  })
  await emitEvent(on, { topic: 'firewall-set', id, accountId })
}

const wrong = (field: string, sentence: string) =>
  new Problem('invalid-input', `Not valid: ${field}.`, { fields: { [field]: sentence } })
