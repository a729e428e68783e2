/** A rule set as pages show it and the API returns it: a named, ordered list of rules that VEs refer to. */
import * as z from 'zod/mini'
import { name } from '../contract/names.ts'
import { reference, time } from '../contract/resource.ts'
import { FIREWALL_RULES_MAX, firewallRule } from '../contract/ve-firewall.ts'

export const firewallSetResource = z.object({
  id: z.uuid(),
  name: z.string(),
  description: z.string(),
  rules: z.array(firewallRule),
  account: reference,
  /** How many VEs that the reader may see refer to it. */
  ves: z.int(),
  createdAt: time,
  updatedAt: time,
})
export type FirewallSetResource = z.infer<typeof firewallSetResource>

const description = z.string().check(z.trim(), z.maxLength(200, 'At most 200 characters.'))
const rules = z
  .array(firewallRule)
  .check(z.maxLength(FIREWALL_RULES_MAX, `At most ${FIREWALL_RULES_MAX} rules.`))

export const firewallSetCreateInput = z.object({ name, description: z.optional(description), rules })
export type FirewallSetCreateInput = z.infer<typeof firewallSetCreateInput>

/** What is left out stays. */
export const firewallSetUpdateInput = z.object({
  name: z.optional(name),
  description: z.optional(description),
  rules: z.optional(rules),
})
export type FirewallSetUpdateInput = z.infer<typeof firewallSetUpdateInput>
