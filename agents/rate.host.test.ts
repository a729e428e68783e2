/** Rates and traffic on a real kernel, by packets: VEs on a lab host made of their network alone (filter-scene.ts). Needs root on Linux. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { VeTraffic } from '../lib/contract/agent-protocol.ts'
import type { RateLimits } from '../lib/contract/ve-interface.ts'
import { type FilterScene, type Place, probe, raiseFilterScene } from './testing/filter-scene.ts'

let scene: FilterScene
let before: string[]

beforeAll(async () => {
  scene = await raiseFilterScene()
  before = await scene.footprint()
})
afterAll(() => scene?.lower())

const VES = {
  routed: { veid: 101, v4: '10.99.1.2', v6: 'fd99:1::2', other: 'net' },
  bridged: { veid: 102, v4: '10.98.0.2', v6: 'fd98::2', other: 'lan' },
} as const
type Kind = keyof typeof VES
const KINDS = ['routed', 'bridged'] as const

const UNLIMITED: RateLimits = { inBits: null, outBits: null }
const limit = (kind: Kind, rate: RateLimits) =>
  scene.call('convergeRate', { veid: VES[kind].veid, interfaces: [{ kind, index: 0, rate }] })

afterEach(async () => {
  for (const kind of KINDS) {
    await limit(kind, UNLIMITED)
    await scene.call('detachRate', { veid: VES[kind].veid })
    await scene.call('settleTraffic', { veid: VES[kind].veid })
  }
  expect(await scene.footprint()).toEqual(before)
})

/** Bits a second that arrive, without headers: 1448 of a frame's 1514 bytes (1428 with IPv6) at best. */
async function measure(from: Place, line: string): Promise<number> {
  return Number(await scene.at(from, probe(line)))
}

const MBIT = 1_000_000
/** Not above it, and near it: how near depends on how busy the machine is. */
const fits = (bits: number, rate: number) => ({ rate, fits: bits >= 0.6 * rate && bits <= 1.05 * rate, bits })
const within = (rate: number) => ({ rate, fits: true, bits: expect.any(Number) })

describe.each<Kind>(['routed', 'bridged'])('%s', (kind) => {
  const { v4, v6, other } = VES[kind]

  test('TCP gets the rate that is set, in and out, of both families, and no more', async () => {
    await limit(kind, { inBits: 20 * MBIT, outBits: 50 * MBIT })
    expect(fits(await measure(other, `send ${v4} 5000 6000000`), 20 * MBIT)).toEqual(within(20 * MBIT))
    expect(fits(await measure(other, `fetch ${v6} 5000 12000000`), 50 * MBIT)).toEqual(within(50 * MBIT))
    await limit(kind, { inBits: null, outBits: 10 * MBIT })
    expect(fits(await measure(other, `fetch ${v4} 5000 3000000`), 10 * MBIT)).toEqual(within(10 * MBIT))
    expect(await measure(other, `send ${v4} 5000 30000000`)).toBeGreaterThan(100 * MBIT)
  })

  test('a connection lives through every change of the rate', async () => {
    const file = '/tmp/keep.rate'
    await scene.at(
      other,
      `${probe(`keep ${v4} 22 ${file}`)} </dev/null >/dev/null 2>&1 & echo $! >${file}.pid; until test -e ${file}; do sleep 0.02; done`,
    )
    for (const rate of [
      { inBits: 8000, outBits: 100_000 },
      { inBits: 10 * MBIT, outBits: MBIT },
      UNLIMITED,
    ]) {
      await limit(kind, rate)
      const reached = Number(await scene.run(`cat ${file}`))
      expect(reached).toBeGreaterThan(0)
      await expect.poll(async () => Number(await scene.run(`cat ${file}`))).toBeGreaterThan(reached)
    }
    await scene.run(`kill $(cat ${file}.pid); rm ${file}*`)
  })

  test('root of the VE cannot undo it', async () => {
    await limit(kind, { inBits: null, outBits: 10 * MBIT })
    const place = kind === 'routed' ? 'web' : 'shop'
    await scene.at(place, 'tc qdisc replace dev eth0 root noqueue')
    await scene.at(place, 'ip link set eth0 down')
    await scene.at(place, 'ip link set eth0 up')
    await scene.at(place, `ip -6 addr replace ${v6}/64 dev eth0 nodad`)
    await scene.at(
      place,
      `sh -c 'ip route replace default via ${v4.replace(/\d+$/, '1')}; ip route replace ::/0 via ${v6.replace(/\d+$/, '1')}'`,
    )
    expect(await measure(other, `fetch ${v4} 5000 3000000`)).toBeLessThan(10.5 * MBIT)
  })
})

describe.each<Kind>(['routed', 'bridged'])('traffic, %s', (kind) => {
  const { veid, v4, v6, other } = VES[kind]
  const spec = { veid, interfaces: [{ kind, index: 0, rate: UNLIMITED }] }
  const count = () => scene.call('attachTraffic', { ...spec, initPid: 1 })
  const read = async () => (await scene.call('readTraffic', spec)) as VeTraffic
  /** 10 packets of 1000 bytes and their headers each way. */
  const exchange = async (to: string) => {
    await scene.at(other, `ping -q -c 10 -i 0.02 -s 1000 ${to} >/dev/null`)
    return 10 * (1008 + (to.includes(':') ? 40 : 20))
  }
  /** Now and then the kernels look for each other, in some 30 to 80 bytes, which count as well: not one ping is missing or double. */
  const about = (bytes: number) => expect.toSatisfy((is: number) => is >= bytes && is < bytes + 900)
  const counted = (bytes: number) => ({ inBytes: about(bytes), outBytes: about(bytes) })

  test('every packet, once, whatever else happens to the packets', async () => {
    await scene.run(`mkdir -p /vz/ve/${veid}`)
    // Neighbours are found before it counts.
    await exchange(v4)
    await exchange(v6)
    await count()
    const four = await exchange(v4)
    expect((await read()).live).toEqual(counted(four))
    await limit(kind, { inBits: 50 * MBIT, outBits: 50 * MBIT })
    await scene.call('convergeFirewall', {
      ...spec,
      interfaces: kind === 'routed' ? spec.interfaces : [{ kind, index: 0, bridge: 'br0', vlan: null }],
      firewall: { enabled: true, policyIn: 'accept', policyOut: 'accept', rules: [] },
    })
    const six = await exchange(v6)
    // Told again, as with a change of the interfaces, it goes on.
    await count()
    const again = await exchange(v4)
    const all = four + six + again
    expect((await read()).live).toEqual(counted(all))
    await scene.call('detachFirewall', { veid })
    await scene.call('settleTraffic', spec)
    await scene.call('settleTraffic', spec)
    expect(await read()).toEqual({ base: counted(all), live: { inBytes: 0, outBytes: 0 }, series: null })
    await scene.run(`rm -r /vz/ve/${veid}; rmdir /vz/ve`)
  })
})

test('what was counted outlives the interface', async () => {
  await scene.run(
    'mkdir -p /vz/ve/104; ip netns add gone; ip link add ve104.7 type veth peer name eth0 netns gone',
  )
  await scene.run('ip addr add 10.97.0.1/24 dev ve104.7; ip link set ve104.7 up; ip -n gone link set eth0 up')
  await scene.run('ip -n gone addr add 10.97.0.2/24 dev eth0; ping -q -c 1 10.97.0.2')
  const spec = { veid: 104, interfaces: [{ kind: 'routed', index: 7, rate: UNLIMITED }], initPid: 1 }
  await scene.call('attachTraffic', spec)
  await scene.run('ping -q -c 5 -i 0.02 -s 100 10.97.0.2')
  await scene.run('ip netns del gone')
  await expect.poll(() => scene.run('ip link show ve104.7 2>/dev/null || echo gone')).toContain('gone')
  const counted = (await scene.call('readTraffic', spec)) as VeTraffic
  expect(counted.live.inBytes).toBeGreaterThanOrEqual(5 * 128)
  expect(counted.live.outBytes).toBeGreaterThanOrEqual(5 * 128)
  await scene.call('settleTraffic', spec)
  expect((await scene.call('readTraffic', spec)) as VeTraffic).toMatchObject({
    base: counted.live,
    series: null,
  })
  await scene.run('rm -r /vz/ve/104; rmdir /vz/ve')
})
