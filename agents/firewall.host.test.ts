/** Firewalls on a real kernel, by packets: VEs on a lab host made of their network alone (filter-scene.ts). Needs root on Linux. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { Problem } from '../lib/contract/problem.ts'
import { type FirewallRule, type VeFirewall, veFirewall } from '../lib/contract/ve-firewall.ts'
import {
  type FilterScene,
  type Place,
  probe,
  type Question,
  raiseFilterScene,
} from './testing/filter-scene.ts'

let scene: FilterScene
let before: string[]

beforeAll(async () => {
  scene = await raiseFilterScene()
  before = await scene.footprint()
})
afterAll(() => scene?.lower())

const rule = (change: Partial<FirewallRule>): FirewallRule => ({
  ...{ direction: 'in', action: 'accept', protocol: 'any', peers: [], ports: [], comment: '' },
  ...change,
})
const tcp = (port: string, change: Partial<FirewallRule> = {}) =>
  rule({ protocol: 'tcp', ports: [port], ...change })

/** The same VE with the same addresses' ends, once on each kind of interface; `near` is who speaks to it without the host's routing. */
const KINDS = {
  routed: {
    veid: 101,
    ve: 'web',
    v4: '10.99.1.2',
    v6: 'fd99:1::2',
    other: 'net',
    other4: '10.99.9.2',
    other6: 'fd99:9::2',
  },
  bridged: {
    veid: 102,
    ve: 'shop',
    v4: '10.98.0.2',
    v6: 'fd98::2',
    other: 'lan',
    other4: '10.98.0.4',
    other6: 'fd98::4',
  },
} as const
type Kind = keyof typeof KINDS

const interfaces = (kind: Kind) =>
  kind === 'routed' ? [{ kind, index: 0 }] : [{ kind, index: 0, bridge: 'br0', vlan: null }]

async function enforce(kind: Kind, firewall: Partial<VeFirewall>): Promise<void> {
  const whole = { enabled: true, policyIn: 'accept', policyOut: 'accept', rules: [], ...firewall }
  await scene.call('convergeFirewall', {
    veid: KINDS[kind].veid,
    interfaces: interfaces(kind),
    firewall: veFirewall.parse(whole),
  })
}
const lift = (kind: Kind) => scene.call('detachFirewall', { veid: KINDS[kind].veid })

afterEach(async () => {
  await lift('routed')
  await lift('bridged')
  expect(await scene.footprint()).toEqual(before)
})

/** What is asked with what is expected, as a table that a failure shows whole. */
async function expectAnswers(expected: readonly (readonly [...Question, string])[]): Promise<void> {
  const answers = await scene.ask(expected.map(([from, protocol, to, port]) => [from, protocol, to, port]))
  expect(
    expected.map(([from, protocol, to, port], index) => [from, protocol, to, port, answers[index]]),
  ).toEqual(expected)
}

describe.each<Kind>(['routed', 'bridged'])('%s', (kind) => {
  const { ve, v4, v6, other, other4, other6 } = KINDS[kind]
  const both = (
    address4: string,
    address6: string,
    ask: (to: string) => (readonly [...Question, string])[],
  ) => [address4, address6].flatMap(ask)

  test('without a firewall everything passes', async () => {
    await expectAnswers([
      ...both(v4, v6, (to) => [
        [other, 'tcp', to, 22, 'open'],
        [other, 'udp', to, 53, 'open'],
        ['host', 'tcp', to, 80, 'open'],
      ]),
      ...both(other4, other6, (to) => [
        [ve, 'tcp', to, 80, 'open'],
        [ve, 'udp', to, 5000, 'open'],
      ]),
    ])
  })

  test('in: ports, protocols, both families, from elsewhere and from the host; answers to what it asks itself', async () => {
    const rules = [
      tcp('22'),
      tcp('80', { action: 'reject' }),
      rule({ protocol: 'udp', ports: ['53'] }),
      rule({ protocol: 'udp', ports: ['80'], action: 'reject' }),
    ]
    await enforce(kind, { policyIn: 'drop', rules })
    await expectAnswers([
      ...both(v4, v6, (to) => [
        [other, 'tcp', to, 22, 'open'],
        [other, 'udp', to, 22, 'silent'],
        [other, 'tcp', to, 80, 'refused'],
        [other, 'udp', to, 80, 'refused'],
        [other, 'udp', to, 53, 'open'],
        [other, 'tcp', to, 53, 'silent'],
        [other, 'tcp', to, 443, 'silent'],
        ['host', 'tcp', to, 22, 'open'],
        ['host', 'tcp', to, 443, 'silent'],
        ['host', 'udp', to, 5000, 'silent'],
      ]),
      ...both(other4, other6, (to) => [
        [ve, 'tcp', to, 80, 'open'],
        [ve, 'udp', to, 5000, 'open'],
      ]),
    ])
    expect(await pings(other, v4)).toBe(false)
    expect(await pings(ve, other4)).toBe(true)
    expect(await pings(ve, other6)).toBe(true)
  })

  test('out: what it may ask, of whom, and of the host; who asks it is answered', async () => {
    const rules = [
      tcp('80', { direction: 'out', peers: [other4] }),
      tcp('443', { direction: 'out', action: 'drop' }),
      rule({ direction: 'out', protocol: 'udp', ports: ['53'] }),
      rule({ direction: 'out', protocol: 'icmp' }),
    ]
    await enforce(kind, { policyOut: 'reject', rules })
    const host4 = kind === 'routed' ? '10.99.1.1' : '10.98.0.1'
    await expectAnswers([
      [ve, 'tcp', other4, 80, 'open'],
      [ve, 'tcp', other6, 80, 'refused'],
      [ve, 'tcp', host4, 80, 'refused'],
      [ve, 'tcp', other4, 443, 'silent'],
      [ve, 'tcp', host4, 443, 'silent'],
      [ve, 'tcp', other4, 22, 'refused'],
      [ve, 'udp', other4, 53, 'open'],
      [ve, 'udp', other6, 53, 'open'],
      [ve, 'udp', other4, 5000, 'refused'],
      [ve, 'udp', host4, 53, 'open'],
      ...both(v4, v6, (to) => [
        [other, 'tcp', to, 22, 'open'],
        [other, 'udp', to, 5000, 'open'],
      ]),
    ])
    expect(await pings(ve, other4)).toBe(true)
    expect(await pings(ve, other6)).toBe(false)
  })

  test('the first rule that fits decides; a policy refuses or drops', async () => {
    const office = `${other4.slice(0, other4.lastIndexOf('.'))}.0/24`
    await enforce(kind, {
      policyIn: 'reject',
      rules: [
        tcp('22', { action: 'drop', peers: [other4, other4] }),
        tcp('22', { peers: [office, other4] }),
        tcp('80', { peers: [office] }),
        tcp('80-90', { action: 'drop' }),
        tcp('443', { peers: [other6, 'fd00::/8'] }),
      ],
    })
    await expectAnswers([
      [other, 'tcp', v4, 22, 'silent'],
      [other, 'tcp', v6, 22, 'refused'],
      [other, 'tcp', v4, 80, 'open'],
      [other, 'tcp', v6, 80, 'silent'],
      [other, 'tcp', v4, 443, 'refused'],
      [other, 'tcp', v6, 443, 'open'],
      [other, 'udp', v4, 53, 'refused'],
    ])
  })

  test('neighbours are found however closed it is', async () => {
    await enforce(kind, {
      policyIn: 'drop',
      policyOut: 'drop',
      rules: [rule({ direction: 'out', protocol: 'icmpv6' })],
    })
    await scene.at(ve, 'ip neighbour flush all')
    await scene.at('host', 'ip neighbour flush all')
    expect(await pings(ve, other6)).toBe(true)
    await expectAnswers([
      [ve, 'tcp', other6, 80, 'silent'],
      [other, 'tcp', v6, 80, 'silent'],
    ])
  })

  test('a rule that comes to forbid a connection cuts it; other connections live through every change', async () => {
    await enforce(kind, { policyIn: 'drop', rules: [tcp('22'), tcp('80')] })
    const cut = await keep(other, v4, 22)
    const stays = await keep(other, v6, 80)
    await enforce(kind, { policyIn: 'drop', rules: [tcp('80')] })
    await expect.poll(() => scene.run(`cat ${cut}`), { timeout: 10_000 }).toBe('cut')
    const reached = Number(await scene.run(`cat ${stays}`))
    await expect.poll(async () => Number(await scene.run(`cat ${stays}`))).toBeGreaterThan(reached)
    await scene.run(`kill $(cat ${stays}.pid)`)
  })

  test('a VE cannot fill the host’s table of connections', async () => {
    await enforce(kind, {})
    await scene.at(ve, probe(`flood ${other4} 40000`))
    const count = Number(await scene.run(`grep -c 'udp .* src=${v4} dst=${other4} ' /proc/net/nf_conntrack`))
    expect(count).toBeGreaterThan(15_000)
    expect(count).toBeLessThan(33_500)
  })
})

/** A connection that speaks every 20 ms; gives the file that tells how it does. */
async function keep(from: Place, to: string, port: number): Promise<string> {
  const file = `/tmp/keep.${port}`
  await scene.run(`rm -f ${file}`)
  await scene.run(`ip netns exec ${from} ${probe(`keep ${to} ${port} ${file}`)} </dev/null >/dev/null 2>&1 & echo $! >${file}.pid
    until test -e ${file}; do sleep 0.02; done`)
  return file
}

const pings = async (from: Place, to: string) =>
  (await scene.at(from, `ping -c1 -W1 ${to} >/dev/null 2>&1 && echo yes || echo no`)).trim() === 'yes'

test('between two VEs both have a word: what one lets out and the other in', async () => {
  await enforce('routed', { rules: [tcp('80', { direction: 'out', action: 'reject' })] })
  await enforce('bridged', { policyIn: 'drop', rules: [tcp('80'), tcp('443')] })
  const { v4, v6 } = KINDS.bridged
  await expectAnswers([
    ['web', 'tcp', v4, 80, 'refused'],
    ['web', 'tcp', v6, 443, 'open'],
    ['web', 'tcp', v4, 22, 'silent'],
    ['desk', 'tcp', v4, 80, 'open'],
    ['desk', 'tcp', v6, 22, 'silent'],
    // Who has no firewall has none by others'.
    ['web', 'tcp', '10.98.0.3', 22, 'open'],
    ['lan', 'tcp', '10.98.0.3', 22, 'open'],
  ])
})

test('lifting one VE’s leaves the others’', async () => {
  await enforce('routed', { policyIn: 'drop' })
  await enforce('bridged', { policyIn: 'drop' })
  await lift('bridged')
  await expectAnswers([
    ['net', 'tcp', '10.99.1.2', 22, 'silent'],
    ['lan', 'tcp', '10.98.0.2', 22, 'open'],
  ])
  await enforce('bridged', { policyIn: 'drop' })
  await lift('routed')
  await expectAnswers([
    ['net', 'tcp', '10.99.1.2', 22, 'open'],
    ['lan', 'tcp', '10.98.0.2', 22, 'silent'],
  ])
})

test('a rule that nftables refuses is named, and the firewall stays as it was', async () => {
  await enforce('routed', { policyIn: 'drop', rules: [tcp('22')] })
  const rules = await scene.run('nft list ruleset')
  // The schema would not let it through.
  const bad = {
    enabled: true,
    policyIn: 'accept',
    policyOut: 'accept',
    rules: [tcp('80'), tcp('22', { peers: ['192.0.2.999'] })],
  }
  const problem = await scene
    .call('convergeFirewall', { veid: 101, interfaces: interfaces('routed'), firewall: bad })
    .catch((error: unknown) => Problem.from(error))
  expect(problem).toMatchObject({
    code: 'firewall-refused',
    fields: { 'firewall.rules.1': expect.stringMatching(/\w+/) },
  })
  expect(await scene.run('nft list ruleset')).toBe(rules)
})
