import { expect, test } from 'vitest'
import { Problem } from '../../../lib/contract/problem.ts'
import type { VeNetworkDevice } from '../../../lib/contract/ve-devices.ts'
import type { VeSpec } from '../../../lib/contract/ve-spec.ts'
import { withRevert } from '../revert.ts'
import type { Sys } from '../sys/sys.ts'
import { EXAMPLE_SPEC } from '../testing/example-spec.ts'
import { memorySys } from '../testing/memory-sys.ts'
import type { DetailedLink } from './link-identity.ts'
import { attachNetworkDevices, convergeNetworkDevices, returnNetworkDevices } from './network-devices.ts'

const lan: VeNetworkDevice = { device: 'enp3s0', ifname: 'lan0' }
const spec = (...networkDevices: VeNetworkDevice[]): VeSpec => ({ ...EXAMPLE_SPEC, networkDevices })
const MAC = '00:11:22:33:44:55'
const HOME = '/run/corral/ve/101/host'
const HOST_ID = 4

type Links = Map<string, Partial<DetailedLink>>
const REAL = { ifindex: 3, parentbus: 'pci', parentdev: '0000:00:03.0' }

/** A host whose devices move between it, the VE and the gate between them as ip(8) is told. */
function host(card: Partial<DetailedLink> = REAL) {
  const links: Record<string, Links> = {
    host: new Map([['enp3s0', card]]),
    [`${HOME}/network`]: new Map(),
    [`${HOME}/gate`]: new Map(),
  }
  const at = (place: string): Links => links[place] ?? new Map()
  const mounts = (...paths: string[]) => paths.map((path) => `1 1 0:4 / ${path} rw - nsfs n rw\n`).join('')
  const open = new Set<string>()
  const sys = memorySys({ '/sys/class/net/enp3s0/address': `${MAC}\n` }, (argv) => {
    const place = argv[0] === 'nsenter' ? (argv[1] ?? '').slice('--net='.length) : 'host'
    const words = argv[0] === 'nsenter' ? argv.slice(2) : argv
    const [program = '', ...rest] = words
    if (program === 'mount') open.add(rest[2] ?? '')
    if (program === 'unshare') open.add((rest[0] ?? '').slice('--net='.length))
    if (program === 'umount') open.delete(rest[0] ?? '')
    if (['mount', 'unshare', 'umount'].includes(program))
      sys.files.set('/proc/self/mountinfo', mounts(...open))
    if (program === 'umount') at(rest[0] ?? '').clear()
    if (program === 'lsns') return { stdout: `${HOST_ID}\n` }
    if (program === 'ip' && rest[0] === '-details') {
      const said = [...at(place)].map(([ifname, link]) => ({ ifname, address: MAC, ...link }))
      return { stdout: JSON.stringify(said).replaceAll('\\u0001', '\u0001') }
    }
    const [, called = '', to = '', name = ''] =
      / set dev (\S+) netns (\S+) name (\S+)$/.exec(words.join(' ')) ?? []
    const from = [...at(place)].find(([ifname, { ifindex }]) =>
      [ifname, `if${ifindex}`].includes(called),
    )?.[0]
    if (from === undefined) return undefined
    const target = to === '7' ? `${HOME}/network` : to.startsWith('/') ? to : 'host'
    if (at(target).has(name)) return { code: 2, stderr: 'RTNETLINK answers: File exists' }
    at(target).set(name, {
      ...at(place).get(from),
      ...(target === 'host' || card.link === undefined ? {} : TIED),
    })
    at(place).delete(from)
    return undefined
  })
  return {
    sys,
    outside: at('host'),
    inside: at(`${HOME}/network`),
    gate: at(`${HOME}/gate`),
    open,
    argvs: () => sys.runs.map(({ argv }) => argv.join(' ')),
  }
}
/** As the one that has its other end on the host is seen from elsewhere. */
const TIED = { link: undefined, link_index: 9, link_netnsid: HOST_ID }

test('moves in under its name there, the namespace held open first', () => {
  const { sys, inside, argvs } = host()
  attachNetworkDevices(sys, spec(lan), 7)
  expect([...inside]).toEqual([['lan0', REAL]])
  expect(argvs()).toContain('mount --bind /proc/7/ns/net /run/corral/ve/101/host/network')
})

test('comes back under its own name and hardware address, whatever the VE called it', () => {
  const { sys, inside, outside, open, argvs } = host()
  attachNetworkDevices(sys, spec(lan), 7)
  inside.set('netns', REAL)
  inside.delete('lan0')
  sys.files.set('/sys/class/net/enp3s0/address', '02:00:00:00:00:66\n')
  returnNetworkDevices(sys, 101)
  expect([[...outside], [...inside]]).toEqual([[['enp3s0', REAL]], []])
  expect(argvs().at(-1)).toBe(`ip link set dev enp3s0 address ${MAC}`)
  expect(open).toEqual(new Set([`${HOME}/network`]))
  sys.runs.length = 0
  returnNetworkDevices(sys, 101)
  expect(argvs()).toEqual([])
})

test('comes back from a name that ip prints as no JSON can hold it', () => {
  const { inside, outside, sys } = host()
  attachNetworkDevices(sys, spec(lan), 7)
  inside.set('\u0001', REAL)
  inside.delete('lan0')
  returnNetworkDevices(sys, 101)
  expect([[...outside], [...inside]]).toEqual([[['enp3s0', REAL]], []])
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

const revoke = (sys: Sys) => withRevert((revert) => convergeNetworkDevices(sys, spec(lan), spec(), 7, revert))

test.each([
  ['made by itself', { ifindex: 3, linkinfo: { info_kind: 'veth' }, link_index: 9, link_netnsid: HOST_ID }],
  ['that is real too', { ifindex: 3, parentbus: 'pci', parentdev: '0000:00:04.0' }],
  ['without a bus', { ifindex: 3 }],
])(
  'another in its place, %s, is not taken for it: refused while the VE runs, left to it when it ends',
  (_, other) => {
    const { sys, inside, outside, gate } = host()
    sys.files.set('/sys/bus/pci/devices/0000:00:03.0', '')
    attachNetworkDevices(sys, spec(lan), 7)
    inside.set('lan0', other)
    expect(() => revoke(sys)).toThrow(/moved enp3s0 .* Stop or restart the VE/)
    expect(sys.files.get(`${HOME}/network-devices.json`)).toContain('enp3s0')
    returnNetworkDevices(sys, 101)
    expect([[...outside], [...inside.keys()], [...gate]]).toEqual([[], ['lan0'], []])
    expect(sys.files.get(`${HOME}/network-devices.json`)).toBe('[]')
  },
)

test('another that takes its name while it is moved does not get past the gate', () => {
  const { sys, inside, outside, gate, open } = host()
  sys.files.set('/sys/bus/pci/devices/0000:00:03.0', '')
  attachNetworkDevices(sys, spec(lan), 7)
  const { run } = sys
  sys.run = (argv, options) => {
    if (argv.join(' ').includes('set dev lan0 netns'))
      inside.set('lan0', { ifindex: 3, linkinfo: { info_kind: 'tun' } })
    return run(argv, options)
  }
  expect(() => revoke(sys)).toThrow('Stop or restart the VE')
  expect([[...outside], [...gate], open]).toEqual([[], [], new Set([`${HOME}/network`])])
})

test('one whose other end is on the host is told by that end', () => {
  const veth = { ifindex: 3, linkinfo: { info_kind: 'veth' }, link: 'enp4s0' }
  const { sys, inside, outside } = host(veth)
  outside.set('enp4s0', { ifindex: 9, link: 'enp3s0' })
  attachNetworkDevices(sys, spec(lan), 7)
  const given = inside.get('lan0')
  inside.set('lan0', { ...given, link_netnsid: HOST_ID + 1 })
  expect(() => revoke(sys)).toThrow('Stop or restart the VE')
  inside.set('lan0', given ?? {})
  revoke(sys)
  expect([...outside.keys()]).toEqual(['enp4s0', 'enp3s0'])
})

test('one that was pulled out of the host is let go; one of software alone is not given', () => {
  const { sys, inside } = host()
  attachNetworkDevices(sys, spec(lan), 7)
  inside.clear()
  revoke(sys)
  expect(sys.files.get(`${HOME}/network-devices.json`)).toBe('[]')
  const tun = host({ ifindex: 3, linkinfo: { info_kind: 'tun' } })
  expect(() => attachNetworkDevices(tun.sys, spec(lan), 7)).toThrow('made of software alone')
})

test('one that an agent left in the gate when it was killed comes back', () => {
  const { sys, inside, outside, gate, open } = host()
  attachNetworkDevices(sys, spec(lan), 7)
  inside.clear()
  gate.set('enp3s0', REAL)
  open.add(`${HOME}/gate`)
  sys.files.set('/proc/self/mountinfo', `1 1 0:4 / ${HOME}/gate rw - nsfs n rw\n`)
  returnNetworkDevices(sys, 101)
  expect([...outside.keys()]).toEqual(['enp3s0'])
})

test('the others come back when one cannot, which is told', () => {
  const { sys, outside } = host()
  outside.set('enp4s0', { ifindex: 4, parentbus: 'pci', parentdev: '0000:00:04.0' })
  attachNetworkDevices(sys, spec(lan, { device: 'enp4s0', ifname: 'lan1' }), 7)
  outside.set('enp3s0', {})
  expect(() => returnNetworkDevices(sys, 101)).toThrow('File exists')
  expect([...outside.keys()]).toEqual(['enp3s0', 'enp4s0'])
})
