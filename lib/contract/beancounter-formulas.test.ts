import { describe, expect, it } from 'vitest'
import { checkBeancounters, FINDING_LEVELS, mendBeancounters } from './beancounter-formulas.ts'
import { BEANCOUNTER_NAMES, BEANCOUNTERS, type BeancounterName, type Beancounters } from './beancounters.ts'
import { KIB, MIB } from './units.ts'

const equal = (value: number) => ({ barrier: value, limit: value })

/** vzctl's sample "vps.basic", in bytes. */
const BASIC: Beancounters = {
  kmemsize: { barrier: 14_372_700, limit: 14_790_164 },
  lockedpages: equal(256 * 4096),
  privvmpages: { barrier: 65_536 * 4096, limit: 69_632 * 4096 },
  shmpages: equal(21_504 * 4096),
  numproc: equal(240),
  physpages: { barrier: 0, limit: null },
  vmguarpages: { barrier: 33_792 * 4096, limit: null },
  oomguarpages: { barrier: 26_112 * 4096, limit: null },
  numtcpsock: equal(360),
  numflock: { barrier: 188, limit: 206 },
  numpty: equal(16),
  numsiginfo: equal(256),
  tcpsndbuf: { barrier: 1_720_320, limit: 2_703_360 },
  tcprcvbuf: { barrier: 1_720_320, limit: 2_703_360 },
  othersockbuf: { barrier: 1_126_080, limit: 2_097_152 },
  dgramrcvbuf: equal(262_144),
  numothersock: equal(360),
  dcachesize: { barrier: 3_409_920, limit: 3_624_960 },
  numfile: equal(9312),
  numiptent: equal(128),
  swappages: { barrier: 0, limit: null },
}
const changed = (name: BeancounterName, barrier: number | null, limit: number | null): Beancounters => ({
  ...BASIC,
  [name]: { barrier, limit },
})
const found = (set: Beancounters) => checkBeancounters(set).map(({ name, level }) => `${name} ${level}`)

describe('the formulas', () => {
  it('are met by the sample that OpenVZ shipped', () => expect(checkBeancounters(BASIC)).toEqual([]))

  it('are met where nothing is limited', () => {
    const open = BEANCOUNTER_NAMES.map((name) => [
      name,
      { barrier: BEANCOUNTERS[name].pair === 'limit' ? 0 : null, limit: null },
    ])
    expect(checkBeancounters(Object.fromEntries(open))).toEqual([])
  })

  it.each<[string, Beancounters, string[]]>([
    ['one number twice', changed('numproc', 200, 240), ['numproc error']],
    ['a barrier above its limit', changed('numflock', 210, 206), ['numflock error']],
    ['a barrier without a limit above it', changed('lockedpages', null, 4096), ['lockedpages error']],
    ['a guarantee with a limit', changed('oomguarpages', 4096, 8192), ['oomguarpages error']],
    ['a throttle above what is held', changed('physpages', 9000, 8192), ['physpages error']],
    [
      'kernel memory for half of the processes',
      changed('kmemsize', 8_000_000, 14_790_164),
      ['kmemsize error'],
    ],
    ['directory entries of all files', changed('dcachesize', 3_000_000, 3_500_000), ['dcachesize warning']],
    [
      'less private memory than guaranteed',
      changed('privvmpages', 30_000 * 4096, 69_632 * 4096),
      ['privvmpages warning'],
    ],
    ['send buffers of all sockets', changed('tcpsndbuf', 1_720_320, 2_000_000), ['tcpsndbuf error']],
    ['receive buffers of all sockets', changed('tcprcvbuf', 1_720_320, 2_000_000), ['tcprcvbuf warning']],
    ['one connection', changed('tcprcvbuf', 60_000, 2_703_360), ['tcprcvbuf warning']],
    ['buffers of the other sockets', changed('othersockbuf', 1_126_080, 1_200_000), ['othersockbuf error']],
    ['one datagram', changed('dgramrcvbuf', 30 * KIB, MIB), ['dgramrcvbuf warning']],
    ['some datagrams', changed('dgramrcvbuf', 100 * KIB, MIB), ['dgramrcvbuf recommendation']],
    ['files of all processes', changed('numfile', 3000, 3000), ['numfile warning']],
  ])('%s', (_, set, names) => {
    expect(found(set)).toEqual(names)
    expect(checkBeancounters(mendBeancounters(set))).toEqual([])
  })

  it('take what is known of the processes for better than half of them', () => {
    expect(checkBeancounters(BASIC, 40)).toEqual([])
    expect(checkBeancounters(BASIC, 290).map(({ name }) => name)).toEqual(['kmemsize'])
  })
})

describe('mending', () => {
  it('changes nothing that passes', () => expect(mendBeancounters(BASIC)).toEqual(BASIC))

  it('raises what another needs, and never takes anything away', () => {
    const tight = { ...BASIC, numproc: equal(2000), numtcpsock: equal(5000), numfile: equal(100) }
    const mended = mendBeancounters(tight)
    expect(checkBeancounters(mended)).toEqual([])
    expect(mended.numfile).toEqual(equal(32_000))
    expect(mended.dcachesize.limit).toBe(384 * 32_000)
    for (const name of BEANCOUNTER_NAMES) {
      expect(mended[name].limit ?? Infinity, name).toBeGreaterThanOrEqual(tight[name].limit ?? Infinity)
    }
  })

  it('ends for any set', () => {
    let seed = 1
    const random = () => {
      seed = (seed * 48_271) % 2_147_483_647
      return seed % 5 === 0 ? null : seed % 1_000_000_000
    }
    for (let round = 0; round < 300; round += 1) {
      const set = Object.fromEntries(
        BEANCOUNTER_NAMES.map((name) => [name, { barrier: random(), limit: random() }]),
      )
      expect(checkBeancounters(mendBeancounters(set as Beancounters))).toEqual([])
    }
  })

  it('says why in words with numbers', () => {
    const [finding] = checkBeancounters(changed('tcpsndbuf', 1_720_320, 2_000_000))
    expect(finding?.text).toBe('Each of 360 sockets needs 2.5 KiB between barrier and limit: 900 KiB.')
    expect(FINDING_LEVELS).toContain(finding?.level)
  })
})
