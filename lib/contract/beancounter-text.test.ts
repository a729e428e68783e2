import { describe, expect, it } from 'vitest'
import {
  BadBeancounter,
  type BeancounterRows,
  formatPair,
  parsePair,
  userBeancounters,
} from './beancounter-text.ts'
import { BEANCOUNTER_NAMES, type BeancounterName } from './beancounters.ts'

const PAGE = 4096
const WORD64 = { pageBytes: PAGE, wordBits: 64 } as const
const WORD32 = { pageBytes: PAGE, wordBits: 32 } as const

describe('values', () => {
  it.each<[BeancounterName, string, number | null, number | null]>([
    ['numproc', '240', 240, 240],
    ['kmemsize', '14372700:14790164', 14_372_700, 14_790_164],
    ['privvmpages', '65536:69632', 65_536 * PAGE, 69_632 * PAGE],
    ['privvmpages', '256M:2.5g', 256 * 2 ** 20, 2.5 * 2 ** 30],
    ['physpages', '0:unlimited', 0, null],
    ['lockedpages', '10P', 10 * PAGE, 10 * PAGE],
    ['tcpsndbuf', '512B:1K', 512, 1024],
    ['oomguarpages', '26112:9223372036854775807', 26_112 * PAGE, null],
    ['vmguarpages', '1:2147483647', PAGE, null],
    ['numfile', 'UNLIMITED', null, null],
  ])('%s %s', (name, text, barrier, limit) => expect(parsePair(name, text, PAGE)).toEqual({ barrier, limit }))

  it('mean the pages of the host that they were written on', () =>
    expect(parsePair('shmpages', '10', 65_536)).toEqual({ barrier: 655_360, limit: 655_360 }))

  it.each<[BeancounterName, string, RegExp]>([
    ['numproc', '-1', /no number/],
    ['numproc', 'many', /no number/],
    ['numproc', '256M', /counts things/],
    ['numproc', '1.5', /counts things/],
    ['numproc', '', /no number/],
    ['kmemsize', '1:2:3', /neither/],
    ['kmemsize', '1:', /no number/],
    ['kmemsize', '99999999999999999999', /larger than any host/],
    ['privvmpages', '9007199254740991', /larger than any host/],
    ['kmemsize', '1e9', /no number/],
    ['kmemsize', '10 M', /no number/],
  ])('%s %j is refused', (name, text, message) => {
    expect(() => parsePair(name, text, PAGE)).toThrow(BadBeancounter)
    expect(() => parsePair(name, text, PAGE)).toThrow(message)
  })

  it('are written once where both are the same, and read back as they were', () => {
    expect(formatPair('numproc', { barrier: 240, limit: 240 }, WORD64)).toBe('240')
    expect(formatPair('physpages', { barrier: 0, limit: null }, WORD64)).toBe('0:unlimited')
    const pair = { barrier: 256 * 2 ** 20, limit: null }
    expect(parsePair('privvmpages', formatPair('privvmpages', pair, WORD32), PAGE)).toEqual(pair)
  })
})

describe('/proc/user_beancounters', () => {
  const rows = Object.fromEntries(
    BEANCOUNTER_NAMES.map((name, index) => [
      name,
      { held: index * PAGE, maxheld: index * PAGE, barrier: 100 * PAGE, limit: null, failcnt: index },
    ]),
  ) as BeancounterRows
  const table = (word: typeof WORD32 | typeof WORD64) =>
    userBeancounters(
      [
        { veid: 101, rows },
        { veid: 102, rows },
      ],
      word,
    )
      .split('\n')
      .map((line) => line.trim().split(/\s+/))

  it('has the kernel’s head and rows, VE after VE', () => {
    const [version, head, first, second, , , dummy, ...rest] = table(WORD64)
    expect(version).toEqual(['Version:', '2.5'])
    expect(head).toEqual(['uid', 'resource', 'held', 'maxheld', 'barrier', 'limit', 'failcnt'])
    expect(first).toEqual(['101:', 'kmemsize', '0', '0', '409600', '9223372036854775807', '0'])
    expect(second).toEqual(['lockedpages', '1', '1', '100', '9223372036854775807', '1'])
    expect(dummy).toEqual(['dummy', '0', '0', '0', '0', '0'])
    expect(rest.filter(([name]) => name === 'dummy')).toHaveLength(7)
    expect(table(WORD64)).toHaveLength(2 + 2 * 25 + 1)
    expect(table(WORD64)[2 + 25]?.[0]).toBe('102:')
    expect(table(WORD64)[2 + 23]?.[0]).toBe('numiptent') // row 23, after three that were never used
  })

  it('says "unlimited" in the host’s words, and columns are as wide', () => {
    expect(table(WORD32)[2]).toEqual(['101:', 'kmemsize', '0', '0', '409600', '2147483647', '0'])
    const widths = [WORD32, WORD64].map(
      (word) => userBeancounters([{ veid: 101, rows }], word).split('\n')[2]?.length,
    )
    expect(widths).toEqual([24 + 5 * 11, 24 + 5 * 21])
  })
})
