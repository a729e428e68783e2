import { expect, test } from 'vitest'
import { memorySys } from '../testing/memory-sys.ts'
import { readTraffic, settleTraffic } from './traffic.ts'
import { countText, parseCounters } from './traffic-counters.ts'

const BOOT = {
  '/proc/sys/kernel/random/boot_id': 'abc\n',
  '/proc/1/stat': `1 (init) S${' 0'.repeat(18)} 77 0`,
}
const RECORD = '/vz/ve/101/traffic.json'

const counter = (name: string, packets: number, bytes: number) => ({
  counter: { family: 'netdev', name, table: 'corral-traffic', handle: 4, packets, bytes },
})
const listed = (...counters: object[]) => JSON.stringify({ nftables: [{ metainfo: {} }, ...counters] })
const SERIES = listed(counter('ve101-in-500', 10, 10_420), counter('ve101-out-500', 3, 3_000))

/** A host where these counters are listed until something is deleted. */
function host(printed: string, files: Record<string, string> = {}) {
  let there = true
  return memorySys({ ...BOOT, '/vz/ve/101/uuid': 'x', ...files }, (argv, { stdin }) => {
    if (stdin?.includes('delete counter')) there = false
    if (!argv.includes('list')) return undefined
    return there ? { stdout: printed } : { code: 1, stderr: 'No such file or directory' }
  })
}
const one = (sys: ReturnType<typeof host>) => readTraffic(sys, [{ veid: 101 }]).get(101)

test('counted without Ethernet headers, by VE and series', () => {
  const text = listed(
    counter('ve101-in-500', 10, 10_420),
    counter('ve7000-out-9', 1, 100),
    counter('ve101-out-500', 3, 3_000),
    counter('mine', 1, 1),
  )
  expect(parseCounters(text)).toEqual([
    { veid: 101, ticks: 500, inBytes: 10_280, outBytes: 3_000 },
    { veid: 7000, ticks: 9, inBytes: 0, outBytes: 100 },
  ])
})

test('told again it keeps the counters and takes these interfaces', () => {
  const text = countText(101, [0, 2], 500)
  expect(text).not.toContain('delete counter')
  expect(text).toContain('hook egress devices = { "ve101.0", "ve101.2" } priority -100')
  expect(countText(101, [], 500)).not.toContain('hook')
})

test('settled once, however often it is asked for', () => {
  const sys = host(SERIES)
  expect(one(sys)).toMatchObject({ live: { inBytes: 10_280, outBytes: 3_000 }, series: 'abc:77:500' })
  settleTraffic(sys, { veid: 101 })
  settleTraffic(sys, { veid: 101 })
  const base = { inBytes: 10_280, outBytes: 3_000 }
  expect(one(sys)).toEqual({ base, live: { inBytes: 0, outBytes: 0 }, series: null })
})

test('killed after the base was written and before the counters went: not counted twice', () => {
  const sys = host(SERIES)
  settleTraffic(sys, { veid: 101 })
  const killed = host(SERIES, { [RECORD]: sys.files.get(RECORD) ?? '' })
  const base = { inBytes: 10_280, outBytes: 3_000 }
  expect(one(killed)).toEqual({ base, live: { inBytes: 0, outBytes: 0 }, series: null })
  settleTraffic(killed, { veid: 101 })
  expect(one(killed)?.base).toEqual(base)
})

test('killed before the table went that is empty by then: it goes the next time', () => {
  const sys = host(listed())
  settleTraffic(sys, { veid: 101 })
  expect(sys.runs.at(-1)?.stdin).toMatch(/delete table netdev corral-traffic\n$/)
})

test('the next series adds to it', () => {
  const first = host(SERIES)
  settleTraffic(first, { veid: 101 })
  const second = host(listed(counter('ve101-in-600', 1, 114), counter('ve101-out-600', 0, 0)), {
    [RECORD]: first.files.get(RECORD) ?? '',
  })
  settleTraffic(second, { veid: 101 })
  expect(one(second)?.base).toEqual({ inBytes: 10_380, outBytes: 3_000 })
})

test('a VE that is gone from the disk gets no record', () => {
  const sys = host(SERIES)
  sys.files.delete('/vz/ve/101/uuid')
  settleTraffic(sys, { veid: 101 })
  expect(sys.files.has(RECORD)).toBe(false)
})

test('all VEs in one run of nft', () => {
  const sys = host(SERIES)
  const ves = Array.from({ length: 200 }, (_, index) => ({ veid: 101 + index }))
  expect(readTraffic(sys, ves).size).toBe(200)
  expect(sys.runs).toHaveLength(1)
})
