import { Problem } from '../contract/problem.ts'
import type { FirewallRule, VeFirewall } from '../contract/ve-firewall.ts'
import type { FirewallSettings } from './resource.ts'

/** The rules a host gets: each rule set in the place where it is referred to. Pure. A set that is gone contributes nothing. */
export function layOutFirewall(
  { entries, ...settings }: FirewallSettings,
  sets: ReadonlyMap<string, readonly FirewallRule[]>,
): VeFirewall {
  return {
    ...settings,
    rules: entries.flatMap((entry) => ('rule' in entry ? [entry.rule] : (sets.get(entry.setId) ?? []))),
  }
}

/** Where each of those rules comes from, in their order: "entries.3.rule", or "entries.4.setId" for all of a rule set. Pure. */
export function placesOfRules(
  { entries }: FirewallSettings,
  sets: ReadonlyMap<string, readonly FirewallRule[]>,
): string[] {
  return entries.flatMap((entry, index) =>
    'rule' in entry
      ? [`entries.${index}.rule`]
      : (sets.get(entry.setId) ?? []).map(() => `entries.${index}.setId`),
  )
}

/** A host's refusal names rules as they were laid out ("firewall.rules.N"): told where they were written. Others stay. */
export function atTheirPlaces(problem: Problem, places: readonly string[]): Problem {
  if (problem.code !== 'firewall-refused' || !problem.fields) return problem
  const fields: Record<string, string> = {}
  for (const [field, message] of Object.entries(problem.fields)) {
    const index = /^firewall\.rules\.(\d+)$/.exec(field)?.[1]
    fields[places[Number(index)] ?? field] ??= message
  }
  return new Problem(problem.code, problem.detail, { fields, context: problem.context, cause: problem })
}
