import { expect, test } from 'vitest'
import { UNLIMITED_RATE } from '../../../lib/contract/ve-interface.ts'
import type { InterfacePlan } from './interface-plan.ts'
import { networkChanges } from './network-changes.ts'
import { planRouted } from './routed.ts'

function plan(addresses: string[], index = 0, ifname = `eth${index}`): InterfacePlan {
  const each = { kind: 'routed' as const, index, ifname, addresses, prefixes: [], rate: UNLIMITED_RATE }
  return planRouted(each, { veid: 101, uplinksOf: () => ['up0'], default4: 'eth0', default6: null })
}
const there = () => true
const A = '192.0.2.1'
const B = '192.0.2.2'

test('nothing changed: nothing to do', () => {
  expect(networkChanges([[plan([A])]], [plan([A])], there)).toEqual({ gone: [], fresh: [], changed: [] })
})

test('an address more: only that is told', () => {
  const [change] = networkChanges([[plan([A])]], [plan([A, B])], there).changed
  expect(change?.outside).toEqual({
    del: [],
    add: [`route replace ${B}/32 dev ve101.0`, `neigh replace proxy ${B} dev up0`],
  })
  expect(change?.inside).toEqual({ del: [], add: [`addr replace ${B}/32 dev @`] })
})

test('an address less: all inside is told again, for the kernel may take routes along', () => {
  const [change] = networkChanges([[plan([A, B])]], [plan([B])], there).changed
  expect(change?.outside).toEqual({
    del: [`neigh del proxy ${A} dev up0`, `route del ${A}/32 dev ve101.0`],
    add: [],
  })
  expect(change?.inside.del).toEqual([`addr del ${A}/32 dev @`])
  expect(change?.inside.add).toContain('route replace default via 169.254.1.1 dev @ onlink')
})

test('interfaces come and go', () => {
  const [first, second] = [plan([A]), plan([B], 1)]
  expect(networkChanges([[first]], [first, second], there)).toEqual({
    gone: [],
    fresh: [second],
    changed: [],
  })
  expect(networkChanges([[first, second]], [first], there)).toEqual({
    gone: [second],
    fresh: [],
    changed: [],
  })
})

test('another name or a missing pair: made anew', () => {
  const renamed = plan([A], 0, 'lan0')
  expect(networkChanges([[plan([A])]], [renamed], there)).toEqual({
    gone: [plan([A])],
    fresh: [renamed],
    changed: [],
  })
  const lost = networkChanges([[plan([A])]], [plan([A])], () => false)
  expect(lost).toEqual({ gone: [plan([A])], fresh: [plan([A])], changed: [] })
})

test('what may be half of one and half of the other is brought to either', () => {
  const states = [[plan([A])], [plan([B])]]
  const [back] = networkChanges(states, [plan([A])], there).changed
  expect(back?.outside.del).toContain(`route del ${B}/32 dev ve101.0`)
  expect(back?.outside.add).toContain(`route replace ${A}/32 dev ve101.0`)
  const added = networkChanges([[plan([A])], [plan([A]), plan([B], 1)]], [plan([A])], there)
  expect(added.gone.map(({ end }) => end)).toEqual(['ve101.1'])
})

test('a rule that may be there is taken back before it is told again', () => {
  const [change] = networkChanges([[plan([A], 1)], [plan([B], 1)]], [plan([B], 1)], there).changed
  const rule = `from ${B}/32 lookup 10101 pref 10101`
  expect(change?.inside.del).toContain(`rule del ${rule}`)
  expect(change?.inside.add).toContain(`rule add ${rule}`)
})
