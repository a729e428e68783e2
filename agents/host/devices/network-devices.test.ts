import { expect, test } from 'vitest'
import { Problem } from '../../../lib/contract/problem.ts'
import type { VeNetworkDevice } from '../../../lib/contract/ve-devices.ts'
import type { VeSpec } from '../../../lib/contract/ve-spec.ts'
import { withRevert } from '../revert.ts'
import { EXAMPLE_SPEC } from '../testing/example-spec.ts'
import { memorySys } from '../testing/memory-sys.ts'
import { attachNetworkDevices, convergeNetworkDevices, returnNetworkDevices } from './network-devices.ts'

const lan: VeNetworkDevice = { device: 'enp3s0', ifname: 'lan0' }
const spec = (...networkDevices: VeNetworkDevice[]): VeSpec => ({ ...EXAMPLE_SPEC, networkDevices })
const MAC = '00:11:22:33:44:55'
const INSIDE = 'nsenter --net=/run/corral/ve/101/host/network'

/** A host whose devices move between it and the VE as ip(8) is told. */
function host() {
  const outside = new Map([['enp3s0', 3]])
  const inside = new Map<string, number>()
  const listed = (links: Map<string, number>) =>
    JSON.stringify([...links].map(([ifname, ifindex]) => ({ ifname, ifindex })))
  const sys = memorySys({ '/sys/class/net/enp3s0/address': `${MAC}\n` }, (argv) => {
    const line = argv.join(' ')
    if (line === 'ip -json address') return { stdout: listed(outside) }
    if (line === `${INSIDE} ip -json link`) return { stdout: listed(inside) }
    const [, from = '', to = ''] = / set (\S+) netns \d+ name (\S+)$/.exec(line) ?? []
    const [source, target] = line.startsWith(INSIDE) ? [inside, outside] : [outside, inside]
    if (from !== '') {
      target.set(to, source.get(from) ?? 0)
      source.delete(from)
    }
    return undefined
  })
  return { sys, outside, inside, argvs: () => sys.runs.map(({ argv }) => argv.join(' ')) }
}

test('moves in under its name there, the namespace held open first', () => {
  const { sys, inside, argvs } = host()
  attachNetworkDevices(sys, spec(lan), 7)
  expect([...inside]).toEqual([['lan0', 3]])
  expect(argvs()).toContain('mount --bind /proc/7/ns/net /run/corral/ve/101/host/network')
})

test('comes back under its own name and hardware address, whatever the VE called it', () => {
  const { sys, inside, outside, argvs } = host()
  attachNetworkDevices(sys, spec(lan), 7)
  inside.set('mine', 3)
  inside.delete('lan0')
  sys.files.set('/sys/class/net/enp3s0/address', '02:00:00:00:00:66\n')
  returnNetworkDevices(sys, 101)
  expect([[...outside], [...inside]]).toEqual([[['enp3s0', 3]], []])
  expect(argvs().at(-1)).toBe(`ip link set enp3s0 address ${MAC}`)
  sys.runs.length = 0
  returnNetworkDevices(sys, 101)
  expect(argvs()).toEqual([])
})

test('another name inside is a move out and in; a change that fails later is taken back', () => {
  const { sys, inside } = host()
  attachNetworkDevices(sys, spec(lan), 7)
  const renamed = spec({ ...lan, ifname: 'wan0' })
  const change = (fails: boolean) => () =>
    withRevert((revert) => {
      convergeNetworkDevices(sys, spec(lan), renamed, 7, revert)
      if (fails) throw new Problem('command-failed', 'later')
    })
  expect(change(true)).toThrow('later')
  expect([...inside.keys()]).toEqual(['lan0'])
  change(false)()
  expect([...inside.keys()]).toEqual(['wan0'])
})

test('one that is not there, or another VE’s, is refused before anything moves', () => {
  const { sys, argvs } = host()
  expect(() => attachNetworkDevices(sys, spec({ ...lan, device: 'enp9s0' }), 7)).toThrow(
    'There is no network device',
  )
  sys.files.set('/vz/ve/102/spec.json', JSON.stringify({ ...spec(lan), veid: 102 }))
  expect(() => attachNetworkDevices(sys, spec(lan), 7)).toThrow('granted to VE 102')
  expect(argvs().some((each) => each.includes(' set '))).toBe(false)
})
