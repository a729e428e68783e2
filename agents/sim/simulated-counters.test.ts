import { describe, expect, test } from 'vitest'
import { BEANCOUNTER_NAMES } from '../../lib/contract/beancounters.ts'
import { limitEvent } from '../../lib/contract/limit-event.ts'
import { MIB } from '../../lib/contract/units.ts'
import { type CountedVe, simulatedCounters, simulatedEvents, simulatedTable } from './simulated-counters.ts'

const START = 1_700_000_000_000
const ve = (name: string): CountedVe => ({
  ...{ veid: 101, uuid: '0b7e7f4e-6c1b-4a53-9d0b-0d6f4b1f0a01', name, memoryBytes: 512 * MIB },
  ...{ startedAt: START, initPid: 1000, accepted: null },
})

test('figures of all parameters, which move', () => {
  const [now, later] = [0, 100_000].map((ms) => simulatedCounters(ve('web1'), START + ms))
  expect(Object.keys(now ?? {})).toEqual([...BEANCOUNTER_NAMES])
  expect(now?.numfile.held).not.toBe(later?.numfile.held)
  expect(now?.numfile.maxheld).toBeGreaterThanOrEqual(now?.numfile.held ?? Number.NaN)
  expect(Object.values(now ?? {}).every(({ failcnt }) => failcnt === 0)).toBe(true)
  expect(simulatedEvents(ve('web1'), START, START + 1e6)).toEqual([])
})

describe('a VE that hits its limits', () => {
  const hits = ve('hits-limits')
  test('tells of each once', () => {
    const first = simulatedEvents(hits, START, START + 5_000)
    expect(first.map(({ parameter, kind }) => [parameter, kind])).toEqual([['numproc', 'refused']])
    expect(simulatedEvents(hits, START + 5_000, START + 60_000)).toEqual([])
    const second = simulatedEvents(hits, START + 60_000, START + 95_000)
    expect(second.map(({ parameter, kind }) => [parameter, kind])).toEqual([['physpages', 'killed']])
    for (const event of [...first, ...second]) expect(limitEvent.parse(event)).toEqual(event)
  })
  test('and counts it', () => {
    expect(simulatedCounters(hits, START + 5_000).numproc).toMatchObject({ failcnt: 7, maxheld: 1024 })
    expect(simulatedCounters(hits, START + 95_000).physpages).toMatchObject({ failcnt: 1 })
  })
})

test('the table has them', () => {
  expect(simulatedTable([ve('web1')], START).split('\n')).toHaveLength(2 + 25 + 1)
})
