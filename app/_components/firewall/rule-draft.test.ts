import { expect, test } from 'vitest'
import { firewallEntry } from '@/lib/firewall/resource.ts'
import { draftsOf, entriesOf, moved, newRule } from './rule-draft.ts'

const RULE = {
  direction: 'in',
  action: 'accept',
  protocol: 'tcp',
  peers: ['192.0.2.0/24', '198.51.100.7'],
  ports: ['22', '8000-8100'],
  comment: 'ssh',
} as const
const SET = '018f0000-0000-7000-8000-0000000000aa'

test('what is stored comes out of the editor as it went in', () => {
  const entries = [{ rule: { ...RULE, peers: [...RULE.peers], ports: [...RULE.ports] } }, { setId: SET }]
  expect(entriesOf(draftsOf(entries))).toEqual(entries)
})

test('a new rule is one that the schema takes', () => {
  expect(firewallEntry.safeParse(entriesOf([newRule(0)])[0]).success).toBe(true)
})

test('commas and spaces part what is typed', () => {
  const draft = { ...newRule(0), ports: ' 80, 443 ', peers: '192.0.2.1,192.0.2.2' }
  expect(entriesOf([draft])).toMatchObject([
    { rule: { ports: ['80', '443'], peers: ['192.0.2.1', '192.0.2.2'] } },
  ])
})

test('moving', () => {
  expect(moved(['a', 'b', 'c'], 2, 0)).toEqual(['c', 'a', 'b'])
  expect(moved(['a', 'b', 'c'], 0, 1)).toEqual(['b', 'a', 'c'])
})
