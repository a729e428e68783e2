import { expect, test } from 'vitest'
import { memorySys } from '../testing/memory-sys.ts'
import { cutText, tellText, uncutNetwork, uncutText } from './cut.ts'

test('both ways, before and after all else that looks at packets; of a VE without interfaces nothing to cut', () => {
  expect(cutText(101, ['ve101.0', 've101.1'])).toBe(`add table netdev corral-cut-ve101
add chain netdev corral-cut-ve101 ingress { type filter hook ingress devices = { "ve101.0", "ve101.1" } priority -500; policy drop; }
add chain netdev corral-cut-ve101 egress { type filter hook egress devices = { "ve101.0", "ve101.1" } priority -500; policy drop; }
`)
  expect(cutText(101, [])).toBe('add table netdev corral-cut-ve101\n')
  expect(uncutText(101)).toBe('add table netdev corral-cut-ve101\ndelete table netdev corral-cut-ve101\n')
})

test('who sends TCP meanwhile is told that the VE is away, but not of what opens or ends a connection', () => {
  const text = tellText(101, ['ve101.0'])
  expect(text.match(/^add rule .*$/gm)).toHaveLength(2)
  expect(text).toContain('oifname { "ve101.0" } tcp flags & (fin | syn | rst) == 0 add @told-ip')
  expect(text).toMatch(/told-ip .* reject with icmp type host-unreachable$/m)
  expect(text).toMatch(/told-ip6 .* reject with icmpv6 type no-route$/m)
  expect(tellText(101, [])).toBe('')
})

test('a kernel that cannot tell anybody cuts, and lets pass again, all the same', () => {
  const sys = memorySys({}, (_, options) => ({ code: options.stdin?.includes('table inet') ? 1 : 0 }))
  uncutNetwork(sys, 101)
  expect(sys.runs.at(-1)?.stdin).toBe(uncutText(101))
})
