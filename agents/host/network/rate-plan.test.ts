import { expect, test } from 'vitest'
import { VEID_MAX } from '../../../lib/contract/names.ts'
import { INTERFACES_MAX } from '../../../lib/contract/ve-interface.ts'
import { memorySys } from '../testing/memory-sys.ts'
import { convergeRate, detachRate } from './rate.ts'
import { bucketWords, planRates, waitingEnd, waitingEndsOf } from './rate-plan.ts'

test.each([
  ['the least: two frames at once, forty may wait', 8_000, 'tbf rate 8000bit burst 3036b limit 63756b'],
  ['10 ms at once, 100 ms may wait', 100_000_000, 'tbf rate 100000000bit burst 125000b limit 1375000b'],
  ['the most: bounded memory', 100_000_000_000, 'tbf rate 100000000000bit burst 4194304b limit 20971520b'],
])('%s', (_, bits, words) => {
  expect(bucketWords(bits)).toBe(words)
})

const rate = (inBits: number | null, outBits: number | null) => ({ inBits, outBits })

test('each interface and direction on its own', () => {
  const plan = planRates(101, [
    { index: 0, rate: rate(1_000_000, null) },
    { index: 3, rate: rate(null, 2_000_000) },
  ])
  expect(plan.queues).toEqual([
    `qdisc replace dev ve101.0 root ${bucketWords(1_000_000)}`,
    'qdisc replace dev ve101.3 root noqueue',
    `qdisc replace dev ib101.3 root ${bucketWords(2_000_000)}`,
  ])
  expect(plan.waiting).toEqual(['ib101.3'])
  expect(plan.detour).toContain('type filter hook ingress device "ve101.3" priority 1000;\nfwd to "ib101.3"')
  expect(plan.detour).not.toContain('ve101.0')
})

test('names fit the kernel and are told apart', () => {
  expect(waitingEnd(VEID_MAX, INTERFACES_MAX - 1).length).toBeLessThanOrEqual(15)
  expect(waitingEndsOf(101, ['ib101.0', 'ib1010.0', 'lo', 've101.0', 'ib101.15'])).toEqual([
    'ib101.0',
    'ib101.15',
  ])
})

test('a limit that is lifted: first the detour goes, then what it led to', () => {
  const devices = { '/sys/class/net/ib101.0/mtu': '1500', '/sys/class/net/ve101.0/mtu': '1500' }
  const sys = memorySys(devices, (argv) => {
    if (argv[0] === 'ip') sys.files.delete('/sys/class/net/ib101.0/mtu')
    return undefined
  })
  convergeRate(sys, { veid: 101, interfaces: [{ index: 0, rate: rate(null, null) }] })
  expect(sys.runs.map(({ argv }) => argv[0])).toEqual(['tc', 'nft', 'ip'])
  expect(sys.runs[2]?.stdin).toBe('link del ib101.0\n')
  sys.runs.length = 0
  detachRate(sys, 101)
  expect(sys.runs).toEqual([])
})
