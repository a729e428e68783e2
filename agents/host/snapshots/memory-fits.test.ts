import { expect, test } from 'vitest'
import { EXAMPLE_SPEC } from '../testing/example-spec.ts'
import { refuseOtherThanMemory } from './memory-fits.ts'

const routed = { kind: 'routed', index: 0, ifname: 'eth0', addresses: ['192.0.2.7'], prefixes: [] } as const
const RATE = { inBits: null, outBits: null }
const spec = (...interfaces: object[]) => ({ ...EXAMPLE_SPEC, interfaces: interfaces as never })
const eth0 = { ...routed, rate: RATE }
const eth1 = { ...routed, rate: RATE, index: 1, ifname: 'eth1', addresses: [] }

test('the same interfaces, in whatever order and at whatever rate, and those of specs with fewer words', () => {
  refuseOtherThanMemory(spec(eth0, eth1), spec(eth1, { ...eth0, rate: { inBits: 1_000_000, outBits: null } }))
  refuseOtherThanMemory(spec(eth0), spec({ ...eth0, since: 'later' }))
  refuseOtherThanMemory(spec(), spec())
})

test.each([
  ['one more', spec(eth0), spec(eth0, eth1)],
  ['one less', spec(eth0, eth1), spec(eth0)],
  ['another address', spec(eth0), spec({ ...eth0, addresses: ['192.0.2.8'] })],
  ['another name', spec(eth0), spec({ ...eth0, ifname: 'lan0' })],
  ['other namespaces', spec(eth0), { ...spec(eth0), namespaces: ['pid' as const] }],
])('%s: refused, with what leads out', (_what, then, now) => {
  expect(() => refuseOtherThanMemory(then, now)).toThrow(/try again, or create a VE from this snapshot/)
})
