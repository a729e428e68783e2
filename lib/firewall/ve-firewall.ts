/** A VE's firewall: own rules and references to rule sets, in one order, enforced on its host. */
import { recordAudit } from '../audit/record.ts'
import type { Viewer } from '../auth/viewer.ts'
import { Problem } from '../contract/problem.ts'
import { FIREWALL_RULES_MAX, type FirewallRule } from '../contract/ve-firewall.ts'
import { type Db, db } from '../db/client.ts'
import { within } from '../db/within.ts'
import { enqueueChange } from '../ves/configure.ts'
import { requireCapability } from '../ves/interfaces/support.ts'
import { onVe, type VeCommand } from '../ves/on-ve.ts'
import { getVe } from '../ves/queries.ts'
import { layOutFirewall } from './lay-out.ts'
import { accountAndAbove } from './queries.ts'
import type { FirewallSettings } from './resource.ts'

/** Throws `not-found`. */
export async function getVeFirewall(viewer: Viewer, veId: string, on: Db = db()): Promise<FirewallSettings> {
  return (await getVe(viewer, veId, on)).firewall
}

/**
 * Queues the change. Throws `not-found`, `forbidden`, `ve-state-forbids`; `invalid-input` for a rule set that is not there
 * (entries.N.setId) or too many rules in all (entries); `capability-missing` (enabled) where the host cannot enforce it.
 */
export function setVeFirewall(
  viewer: Viewer,
  veId: string,
  settings: FirewallSettings,
  tx?: Db,
): Promise<{ operationId: string }> {
  return within(tx, async (outer) => {
    await holdSets(outer, settings)
    return onVe(viewer, veId, 've:configure', outer, (command) => set(command, settings))
  })
}

async function set(command: VeCommand, settings: FirewallSettings): Promise<{ operationId: string }> {
  const { on, ve, about } = command
  const sets = await setsFor(command, settings)
  const { rules } = layOutFirewall(settings, sets)
  if (rules.length > FIREWALL_RULES_MAX)
    throw wrong(
      'entries',
      `${rules.length} rules with those of the rule sets: at most ${FIREWALL_RULES_MAX}.`,
    )
  if (settings.enabled) await refuseUnenforceable(command)
  const details = { enabled: settings.enabled, rules: rules.length }
  await recordAudit(on, { ...about, action: 'firewall-change', subject: ve.name, details })
  return enqueueChange(command, { firewall: settings }, { title: `Change the firewall of ${ve.name}` })
}

const setIdsOf = ({ entries }: FirewallSettings): string[] =>
  [...new Set(entries.flatMap((entry) => ('setId' in entry ? [entry.setId] : [])))].sort()

/** Until the transaction ends: what is referred to is not changed or removed meanwhile without seeing this. */
async function holdSets(on: Db, settings: FirewallSettings): Promise<void> {
  for (const id of setIdsOf(settings))
    await on.$executeRaw`SELECT 1 FROM firewall_set WHERE id = ${id}::uuid FOR SHARE`
}

async function setsFor(
  { on, ve }: VeCommand,
  settings: FirewallSettings,
): Promise<Map<string, FirewallRule[]>> {
  const accountId = { in: await accountAndAbove(on, ve.accountId) }
  const rows = await on.firewallSet.findMany({ where: { id: { in: setIdsOf(settings) }, accountId } })
  const sets = new Map(rows.map(({ id, rules }) => [id, rules as FirewallRule[]]))
  for (const [index, entry] of settings.entries.entries())
    if ('setId' in entry && !sets.has(entry.setId))
      throw wrong(`entries.${index}.setId`, 'There is no rule set with this id for this VE.')
  return sets
}

/** Rules that a host cannot enforce would protect nothing. */
async function refuseUnenforceable({ on, ve }: VeCommand): Promise<void> {
  const { host, interfaces } = await on.ve.findUniqueOrThrow({
    where: { id: ve.id },
    select: {
      host: { select: { name: true, capabilities: true, facts: true } },
      interfaces: { where: { removedAt: null }, select: { kind: true } },
    },
  })
  if (!ve.namespaces.includes('network'))
    throw wrong('enabled', `${ve.name} shares the network of its host: it has no firewall of its own.`)
  requireCapability(host, 'net-firewall', 'enabled')
  if (interfaces.some(({ kind }) => kind === 'bridged'))
    requireCapability(host, 'net-firewall-bridged', 'enabled')
}

const wrong = (field: string, sentence: string) =>
  new Problem('invalid-input', `Not valid: ${field}.`, { fields: { [field]: sentence } })
