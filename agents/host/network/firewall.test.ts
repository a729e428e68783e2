import { expect, test } from 'vitest'
import { Problem } from '../../../lib/contract/problem.ts'
import type { VeFirewall } from '../../../lib/contract/ve-firewall.ts'
import { EXAMPLE_SPEC } from '../testing/example-spec.ts'
import { memorySys } from '../testing/memory-sys.ts'
import { convergeFirewall, detachFirewall } from './firewall.ts'
import { firewallText } from './firewall-text.ts'

const firewall: VeFirewall = {
  enabled: true,
  policyIn: 'drop',
  policyOut: 'accept',
  rules: [
    { direction: 'in', action: 'accept', protocol: 'tcp', peers: [], ports: ['22'], comment: '' },
    { direction: 'in', action: 'accept', protocol: 'udp', peers: [], ports: ['53'], comment: '' },
  ],
}
const spec = { ...EXAMPLE_SPEC, firewall }
const RECORD = '/run/corral/network/101-firewall.json'

test('without a firewall nothing is run', () => {
  const sys = memorySys()
  convergeFirewall(sys, EXAMPLE_SPEC)
  detachFirewall(sys, 101)
  expect(sys.runs).toEqual([])
  expect([...sys.files]).toEqual([])
})

test('what may be there is written down before the first change, and kept when it fails', () => {
  let before: string | undefined
  const sys = memorySys({}, () => {
    before = sys.files.get(RECORD)
    return { code: 1, stderr: 'nft: not today' }
  })
  expect(() => convergeFirewall(sys, spec)).toThrow(Problem)
  expect(before).toBe('["inet"]')
  expect(sys.files.get(RECORD)).toBe('["inet"]')
})

test('taken away, the shared table goes with the last', () => {
  const sys = memorySys()
  convergeFirewall(sys, spec)
  sys.runs.length = 0
  detachFirewall(sys, 101)
  expect(sys.runs.map(({ stdin }) => stdin?.split('\n').slice(-3, -1))).toEqual([
    ['flush chain inet corral-firewall ve101-out', 'delete chain inet corral-firewall ve101-out'],
    ['delete chain inet corral-firewall basics', 'delete table inet corral-firewall'],
  ])
  expect([...sys.files]).toEqual([])
})

test('what nft refuses is told at the rule', () => {
  const { ruleOf } = firewallText(101, spec.interfaces, firewall)
  const line = [...ruleOf].find(([, index]) => index === 1)?.[0]
  const stderr = `/dev/stdin:${line}:60-61: Error: Could not resolve service\nadd rule …\n    ^^\n`
  const sys = memorySys({}, () => ({ code: 1, stderr }))
  try {
    convergeFirewall(sys, spec)
    expect.unreachable()
  } catch (error) {
    expect((error as Problem).toJson()).toMatchObject({
      code: 'firewall-refused',
      fields: { 'firewall.rules.1': 'Could not resolve service' },
    })
  }
})
