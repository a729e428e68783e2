import { expect, test } from 'vitest'
import { cutText, uncutText } from './cut.ts'

test('both ways, before and after all else that looks at packets; of a VE without interfaces nothing to cut', () => {
  expect(cutText(101, ['ve101.0', 've101.1'])).toBe(`add table netdev corral-cut-ve101
add chain netdev corral-cut-ve101 ingress { type filter hook ingress devices = { "ve101.0", "ve101.1" } priority -500; policy drop; }
add chain netdev corral-cut-ve101 egress { type filter hook egress devices = { "ve101.0", "ve101.1" } priority -500; policy drop; }
`)
  expect(cutText(101, [])).toBe('add table netdev corral-cut-ve101\n')
  expect(uncutText(101)).toBe('add table netdev corral-cut-ve101\ndelete table netdev corral-cut-ve101\n')
})
