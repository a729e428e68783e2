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
