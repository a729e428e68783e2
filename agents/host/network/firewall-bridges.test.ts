import { expect, test } from 'vitest'
import { type MemorySys, memorySys } from '../testing/memory-sys.ts'
import { bridgeFilterReason, filterBridges, unfilterBridges } from './firewall-bridges.ts'

const SYSCTL = '/proc/sys/net/bridge'
const CALLS = ['iptables', 'ip6tables', 'arptables'].map((name) => `${SYSCTL}/bridge-nf-call-${name}`)
const TAGGED = `${SYSCTL}/bridge-nf-filter-vlan-tagged`
const loaded = { ...Object.fromEntries(CALLS.map((path) => [path, '1\n'])), [TAGGED]: '0\n' }

/** A kernel that has the module; `killed`: the agent does not outlive its loading. */
function host(killed: () => boolean = () => false): MemorySys {
  const sys: MemorySys = memorySys({}, (argv) => {
    if (argv[0] !== 'modprobe') return undefined
    for (const [path, text] of Object.entries(loaded)) sys.files.set(path, text)
    if (killed()) throw new Error('killed')
    return undefined
  })
  return sys
}
const calls = (sys: MemorySys) => CALLS.map((path) => sys.files.get(path)?.trim())

test('the module is loaded silent, and nothing is left of that', () => {
  const sys = host()
  expect(bridgeFilterReason(sys)).toBeNull()
  expect(calls(sys)).toEqual(['0', '0', '0'])
  expect(sys.list('/run/corral/network')).toEqual([])
})

test('of an agent that was killed once it had loaded it, the next one silences it', () => {
  let first = true
  const sys = host(() => first)
  expect(() => bridgeFilterReason(sys)).toThrow('killed')
  expect(calls(sys)).toEqual(['1', '1', '1'])
  first = false
  expect(bridgeFilterReason(sys)).toBeNull()
  expect(calls(sys)).toEqual(['0', '0', '0'])
})

test('what an administrator has switched on stays', () => {
  const sys = memorySys({ ...loaded, [TAGGED]: '1\n' })
  expect(bridgeFilterReason(sys)).toBeNull()
  filterBridges(sys, [], true)
  unfilterBridges(sys)
  expect(calls(sys)).toEqual(['1', '1', '1'])
  expect(sys.files.get(TAGGED)).toBe('1\n')
})

test('tags are looked into while a firewalled bridge needs it, and not afterwards', () => {
  const sys = memorySys(loaded)
  filterBridges(sys, ['br0'], true)
  expect(sys.files.get(TAGGED)).toBe('1')
  filterBridges(sys, ['br1'], false)
  unfilterBridges(sys)
  expect(sys.files.get(TAGGED)).toBe('0')
  expect(
    sys.runs.map(({ argv }) =>
      argv
        .slice(4, 5)
        .concat(argv[8] ?? '')
        .join(' '),
    ),
  ).toEqual(['br0 1', 'br1 1', 'br0 0', 'br1 0'])
  expect(sys.list('/run/corral/network')).toEqual([])
})

test('a kernel without it says so', () => {
  const sys = memorySys()
  expect(bridgeFilterReason(sys)).toContain('no br_netfilter')
  expect([...sys.files]).toEqual([])
})
