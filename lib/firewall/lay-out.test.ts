import { expect, test } from 'vitest'
import { Problem } from '../contract/problem.ts'
import type { FirewallRule } from '../contract/ve-firewall.ts'
import { atTheirPlaces, layOutFirewall, placesOfRules } from './lay-out.ts'
import type { FirewallSettings } from './resource.ts'

const rule = (comment: string): FirewallRule => ({
  direction: 'in',
  action: 'accept',
  protocol: 'any',
  peers: [],
  ports: [],
  comment,
})
const [WEB, GONE] = ['00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000002']
const settings: FirewallSettings = {
  enabled: true,
  policyIn: 'drop',
  policyOut: 'accept',
  entries: [
    { rule: rule('own 0') },
    { setId: GONE },
    { setId: WEB },
    { rule: rule('own 3') },
    { setId: WEB },
  ],
}
const sets = new Map([[WEB, [rule('web 1'), rule('web 2')]]])

test('rule sets are laid out where they are referred to', () => {
  const { rules, ...rest } = layOutFirewall(settings, sets)
  expect(rest).toEqual({ enabled: true, policyIn: 'drop', policyOut: 'accept' })
  expect(rules.map(({ comment }) => comment)).toEqual(['own 0', 'web 1', 'web 2', 'own 3', 'web 1', 'web 2'])
})

test('what a host refuses of them is told where it was written', () => {
  const places = placesOfRules(settings, sets)
  const set = (index: number) => `entries.${index}.setId`
  expect(places).toEqual(['entries.0.rule', set(2), set(2), 'entries.3.rule', set(4), set(4)])
  const fields = { 'firewall.rules.1': 'No.', 'firewall.rules.2': 'Nor this.', 'firewall.rules.3': 'Own.' }
  const problem = atTheirPlaces(new Problem('firewall-refused', 'nftables refuses.', { fields }), places)
  expect(problem.toJson()).toMatchObject({
    code: 'firewall-refused',
    detail: 'nftables refuses.',
    fields: { 'entries.2.setId': 'No.', 'entries.3.rule': 'Own.' },
  })
  const unmarked = new Problem('firewall-refused', 'exit code 1')
  expect(atTheirPlaces(unmarked, places)).toBe(unmarked)
  const other = new Problem('address-taken', 'Taken.', { fields: { 'firewall.rules.0': 'x' } })
  expect(atTheirPlaces(other, places)).toBe(other)
})
