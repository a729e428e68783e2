import { describe, expect, test } from 'vitest'
import type { VeInterface } from '../../../lib/contract/ve-interface.ts'
import { UNLIMITED_RATE } from '../../../lib/contract/ve-interface.ts'
import type { VeSpec } from '../../../lib/contract/ve-spec.ts'
import { withRevert } from '../revert.ts'
import { EXAMPLE_SPEC } from '../testing/example-spec.ts'
import { type MemorySys, memorySys } from '../testing/memory-sys.ts'
import { attachNetwork, convergeNetwork, detachNetwork, hasNetworkTraces } from './converge.ts'
import { readRecord } from './network-record.ts'

const HOST = {
  '/proc/sys/kernel/arch': 'x86_64\n',
  '/proc/net/route': `header\nup0\t00000000\t0100000A\t0003\t0\t0\t0\t00000000\t0\t0\t0\n`,
  '/proc/net/fib_trie': '  |-- 10.0.0.2\n     /32 host LOCAL\n',
  '/proc/sys/net/ipv4/ip_forward': '0\n',
  '/proc/sys/net/ipv4/neigh/up0/proxy_delay': '80\n',
  '/sys/class/net/br0/bridge/vlan_filtering': '0\n',
}
const INIT = 77

type Fails = (argv: readonly string[], stdin: string) => boolean

/** A host on which pairs come and go as ip(8) is told; `fails` is asked about each run. `named`: what the VE's root called them. */
function host(fails: Fails = () => false, named = (index: string) => `now${index}`): MemorySys {
  const sys: MemorySys = memorySys(HOST, (argv, { stdin = '' }) => {
    if (fails(argv, stdin)) return { code: 1, stderr: 'No.' }
    if (argv[0] === 'nsenter' && argv.includes('-json')) return { stdout: insideLinks(sys, named) }
    for (const [, verb, end] of stdin.matchAll(/^link (add|del) (ve\S+)/gm)) {
      const about = `/sys/class/net/${end}`
      if (verb === 'del') for (const name of ['ifindex', 'iflink']) sys.files.delete(`${about}/${name}`)
      else {
        sys.files.set(`${about}/ifindex`, `${100 + Number(end?.split('.')[1])}\n`)
        sys.files.set(`${about}/iflink`, `${2 + Number(end?.split('.')[1])}\n`)
      }
    }
    return undefined
  })
  sys.readlink = (path) => (path === '/proc/self/ns/net' ? 'net:[1]' : 'net:[2]')
  return sys
}

const insideLinks = (sys: MemorySys, named: (index: string) => string) =>
  JSON.stringify(
    sys
      .list('/sys/class/net')
      .filter((name) => name.startsWith('ve'))
      .map((name) => ({
        ifname: named(name.split('.')[1] ?? ''),
        ifindex: Number(sys.read(`/sys/class/net/${name}/iflink`)),
        link_index: Number(sys.read(`/sys/class/net/${name}/ifindex`)),
      })),
  )

const routed = (addresses: string[], index = 0): VeInterface => ({
  ...{ kind: 'routed', index, ifname: `eth${index}`, addresses, prefixes: [], rate: UNLIMITED_RATE },
})
const bridged = (more: object = {}): VeInterface => ({
  ...{ kind: 'bridged', index: 1, ifname: 'eth1', addresses: ['10.9.0.5'], rate: UNLIMITED_RATE },
  ...{ mac: '02:16:3e:00:00:01', bridge: 'br0', vlan: null, networks: ['10.9.0.0/24'] },
  ...{ gateway4: null, gateway6: null, ...more },
})
const spec = (...interfaces: VeInterface[]): VeSpec => ({ ...EXAMPLE_SPEC, interfaces })

/** Program and first line of what it was told. */
const told = (sys: MemorySys) =>
  sys.runs.map(
    ({ argv, stdin }) =>
      `${argv.filter((word) => /^[a-z]/.test(word)).join(' ')}: ${stdin?.split('\n')[0] ?? ''}`,
  )
const ipLines = (sys: MemorySys) =>
  sys.runs.filter(({ argv }) => argv[0] === 'ip').flatMap(({ stdin = '' }) => stdin.trim().split('\n'))

describe('attach', () => {
  test('all on the host in one go, guarded before anybody inside can send', () => {
    const sys = host()
    attachNetwork(sys, spec(routed(['192.0.2.10'])), INIT)
    expect(told(sys).slice(0, 3)).toEqual([
      'ip: link add ve101.0 address ee:ee:ee:ee:ee:ee type veth peer name eth0 address 0a:00:00:00:00:65 netns 77',
      'nft: add table netdev corral-guard',
      'nsenter ip: link set lo up',
    ])
    expect(sys.files.get('/proc/sys/net/ipv4/ip_forward')).toBe('1')
    expect(sys.files.get('/proc/sys/net/ipv4/neigh/up0/proxy_delay')).toBe('0')
    expect(readRecord(sys, 101)?.states.length).toBe(1)
  })

  test('a VE without interfaces still has loopback; one on the host’s network is left alone', () => {
    const alone = host()
    attachNetwork(alone, spec(), INIT)
    expect(told(alone)).toContain('nsenter ip: link set lo up')
    const shared = host()
    attachNetwork(shared, { ...spec(routed(['192.0.2.10'])), namespaces: ['pid'] }, INIT)
    expect(shared.runs).toEqual([])
    const same = host()
    same.readlink = () => 'net:[1]'
    attachNetwork(same, spec(routed(['192.0.2.10'])), INIT)
    expect(same.runs).toEqual([])
  })
})

describe('detach', () => {
  test('takes back what outlives the interface, every end there is, the guard', () => {
    const sys = host()
    attachNetwork(sys, spec(routed(['192.0.2.10']), bridged()), INIT)
    sys.files.set('/sys/class/net/ve1011.0/mtu', '1500') // another VE's
    sys.runs.length = 0
    detachNetwork(sys, spec())
    expect(sys.runs[0]).toEqual({
      argv: ['ip', '-force', '-batch', '-'],
      stdin: 'neigh del proxy 192.0.2.10 dev up0\nlink del ve101.0\nlink del ve101.1\n',
    })
    const [unguard = '', empty] = sys.runs.slice(1, 3).map(({ stdin }) => stdin)
    expect(unguard).toContain('\ndelete chain netdev corral-guard ve101.0\n')
    expect(unguard).toContain('\ndelete chain netdev corral-guard ve101.15\n')
    expect(unguard).toContain('\ndelete chain netdev corral-guard ve101\n')
    expect(unguard).toMatch(/\ndelete table netdev corral-cut-ve101\n/)
    expect(empty).toBe('delete chain netdev corral-guard kept\ndelete table netdev corral-guard\n')
    expect(hasNetworkTraces(sys, 101)).toBe(false)
  })

  test('nothing when there is nothing', () => {
    const sys = host()
    detachNetwork(sys, spec())
    expect(sys.runs).toEqual([])
  })
})

describe('converge', () => {
  const before = spec(routed(['192.0.2.10']))
  function running(fails?: Fails, named?: (index: string) => string): MemorySys {
    const sys = host(fails, named)
    attachNetwork(sys, before, INIT)
    sys.runs.length = 0
    return sys
  }
  const go = (sys: MemorySys, to: VeSpec) =>
    withRevert((revert) => convergeNetwork(sys, before, to, INIT, revert))

  test('a new interface is guarded before it comes up', () => {
    const sys = running()
    go(sys, spec(routed(['192.0.2.10']), bridged()))
    const order = told(sys).filter((line) => /^(ip|bridge|nft: add table netdev corral-guard)/.test(line))
    expect(order).toEqual([
      'ip: link add ve101.1 address fe:16:3e:00:00:01 type veth peer name eth1 address 02:16:3e:00:00:01 netns 77',
      'nft: add table netdev corral-guard',
      'ip: link set ve101.1 master br0',
      'bridge: fdb replace 02:16:3e:00:00:01 dev ve101.1 master static sticky',
    ])
  })

  test('an interface that stays is told of changes only, by the name it has now', () => {
    const sys = running()
    go(sys, spec(routed(['192.0.2.10', '192.0.2.11'])))
    expect(ipLines(sys)).toEqual([
      'route replace 192.0.2.11/32 dev ve101.0',
      'neigh replace proxy 192.0.2.11 dev up0',
    ])
    const inside = sys.runs.find(({ argv, stdin }) => argv[0] === 'nsenter' && stdin?.startsWith('addr'))
    expect(inside?.stdin).toBe('addr replace 192.0.2.11/32 dev now0\n')
  })

  test.each(['#', 'a"b', "it's", 'a\\', "$'", '@@'])(
    'one whose root called it %s is known by its number',
    (name) => {
      const sys = running(undefined, () => name)
      go(sys, spec(routed(['192.0.2.10', '192.0.2.11'])))
      const inside = sys.runs.find(({ argv, stdin }) => argv[0] === 'nsenter' && stdin?.startsWith('addr'))
      expect(inside?.stdin).toBe('addr replace 192.0.2.11/32 dev if2\n')
    },
  )

  test('a name inside cannot be a keyword of ip', () => {
    const sys = running(undefined, () => 'netns')
    go(sys, spec(routed(['192.0.2.11'])))
    const told = sys.runs
      .filter(({ argv }) => argv[0] === 'nsenter')
      .flatMap(({ stdin = '' }) => stdin.split('\n'))
    expect(told).toContain('link set dev netns up')
    expect(told.filter((line) => / netns/.test(line.replace('dev netns', '')))).toEqual([])
  })

  test('an address is withdrawn whatever its root does inside; one is not given then', () => {
    const refusing = () => {
      let connected = false
      const refuses: Fails = (argv, stdin) =>
        connected && argv[0] === 'nsenter' && !argv.includes('-force') && stdin.includes('addr')
      const sys = running(refuses)
      connected = true
      return sys
    }
    const sys = refusing()
    go(sys, spec(routed(['192.0.2.11'])))
    expect(ipLines(sys)).toContain('route del 192.0.2.10/32 dev ve101.0')
    expect(() => go(refusing(), spec(routed(['192.0.2.10', '192.0.2.11'])))).toThrow('failed')
  })

  test('what fails goes back, and the record says so', () => {
    const sys = running((argv, stdin) => argv[0] === 'bridge' && stdin.includes('static'))
    const to = spec(routed(['192.0.2.10', '192.0.2.11']), bridged())
    expect(() => go(sys, to)).toThrow('bridge failed')
    expect(ipLines(sys)).toContain('link del ve101.1')
    expect(ipLines(sys)).toContain('route del 192.0.2.11/32 dev ve101.0')
    expect(sys.list('/sys/class/net').filter((name) => name.startsWith('ve'))).toEqual(['ve101.0'])
    expect(readRecord(sys, 101)?.states).toHaveLength(1)
    expect(JSON.stringify(readRecord(sys, 101))).not.toContain('192.0.2.11')
  })

  test('after an agent that was killed half way all there may be is taken back', () => {
    const sys = running((argv, stdin) => argv[0] === 'bridge' && stdin.includes('static'))
    const killed = { push: () => {} }
    const half = spec(routed(['192.0.2.10', '192.0.2.11']), bridged())
    expect(() => convergeNetwork(sys, before, half, INIT, killed)).toThrow()
    expect(readRecord(sys, 101)?.states).toHaveLength(2)
    go(sys, spec(routed(['192.0.2.10', '192.0.2.12'])))
    expect(ipLines(sys)).toContain('neigh del proxy 192.0.2.11 dev up0')
    expect(ipLines(sys)).toContain('link del ve101.1')
  })

  test('an end that a program made which outlived its agent is taken away, wanted by now or not', () => {
    for (const to of [before, spec(routed(['192.0.2.10']), bridged())]) {
      const sys = running()
      sys.files.set('/sys/class/net/ve101.1/ifindex', '101\n')
      go(sys, to)
      const lines = ipLines(sys).filter((line) => /^link (add|del) ve101\.1/.test(line))
      expect(lines.map((line) => line.slice(0, 'link add'.length))).toEqual(
        to === before ? ['link del'] : ['link del', 'link add'],
      )
    }
  })

  test('with nothing to change it is guarded anew, should somebody have emptied nftables', () => {
    const sys = running()
    go(sys, before)
    expect(ipLines(sys)).toEqual([])
    const guard = sys.runs.find(({ stdin }) => stdin?.startsWith('add table netdev corral-guard\n'))
    expect(guard?.stdin).toContain('ip saddr { 192.0.2.10 } accept')
  })

  test('one that its root deleted is made anew, whatever has its name by now; a new one takes no name away', () => {
    const aside = (sys: MemorySys, name: string) =>
      sys.runs.findIndex(({ stdin }) => stdin?.includes(`link set dev ${name} name `))
    const sys = running()
    for (const name of ['ifindex', 'iflink']) sys.files.delete(`/sys/class/net/ve101.0/${name}`)
    go(sys, spec(routed(['192.0.2.10']), bridged()))
    const made = sys.runs.findIndex(({ stdin }) => stdin?.startsWith('link add ve101.0'))
    expect(sys.runs[aside(sys, 'eth0')]?.argv).toContain('-force')
    expect(made).toBeGreaterThan(aside(sys, 'eth0'))
    expect(aside(sys, 'eth1')).toBe(-1)
  })

  test('of a stopped VE the spec is looked at, nothing else', () => {
    const sys = host()
    const look = (to: VeSpec) => withRevert((revert) => convergeNetwork(sys, before, to, null, revert))
    look(spec(routed(['192.0.2.11'])))
    expect(sys.runs).toEqual([])
    expect(() => look(spec(routed(['10.0.0.2'])))).toThrow('10.0.0.2 is an address of the host itself.')
    expect(() => look(spec(routed(['10.0.0.1'])))).toThrow(
      '10.0.0.1 is the router that the host sends by (up0).',
    )
    expect(() => look(spec(bridged({ bridge: 'br9' })))).toThrow('There is no bridge br9 on this host.')
    expect(() => look(spec(bridged({ vlan: 7 })))).toThrow('does not filter VLANs')
    expect(() => look(spec(bridged({ addresses: ['10.9.0.255'] })))).toThrow('first or last of its network')
    expect(() => look(spec(routed(['192.0.2.1']), routed(['192.0.2.1'], 1)))).toThrow(
      'Address 192.0.2.1 is there twice.',
    )
  })
})
