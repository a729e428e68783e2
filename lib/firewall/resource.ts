/** Firewall settings of a VE as the panel keeps them: own rules and references to rule sets, in one order. */
import * as z from 'zod/mini'
import { FIREWALL_ACTIONS, FIREWALL_RULES_MAX, firewallRule } from '../contract/ve-firewall.ts'

export const firewallEntry = z.union([z.object({ rule: firewallRule }), z.object({ setId: z.uuid() })])
export type FirewallEntry = z.infer<typeof firewallEntry>

export const firewallSettings = z.object({
  enabled: z.boolean(),
  policyIn: z.enum(FIREWALL_ACTIONS),
  policyOut: z.enum(FIREWALL_ACTIONS),
  entries: z.array(firewallEntry).check(z.maxLength(FIREWALL_RULES_MAX, 'At most 500 entries.')),
})
export type FirewallSettings = z.infer<typeof firewallSettings>
