import { describe, expect, test } from 'vitest'
import { BEANCOUNTER_NAMES, type BeancounterName } from '../../../lib/contract/beancounters.ts'
import { beancountersOf, DEFAULT_LIMITS } from '../../../lib/contract/ve-limits.ts'
import { monitorPaths } from '../runtime/monitor-paths.ts'
import { memorySys } from '../testing/memory-sys.ts'
import { type Counts, INDEX } from './counts.ts'
import {
  advance,
  merge,
  newRecord,
  parseRecord,
  type RunRecord,
  readRecordText,
  storeRecord,
  thresholds,
} from './record.ts'

const LIMITS = {
  ...beancountersOf(DEFAULT_LIMITS),
  numfile: { barrier: 10, limit: 10 },
  numpty: { barrier: 4, limit: 4 },
}
const FROM = thresholds(LIMITS)
const PLENTY = { cacheBytes: 1e9, countsHits: false }

type Told = Partial<Record<BeancounterName, number>>
const list = <T>(told: Told, otherwise: T) => BEANCOUNTER_NAMES.map((name) => told[name] ?? otherwise)
const counts = (held: Told, failures: Told = {}, most: Told = {}): Counts => ({
  held: list(held, 0),
  failures: list<number | null>(failures, null),
  most: list<number | null>(most, null),
})
const seen = (record: RunRecord, ...looks: Counts[]) =>
  looks.reduce((known, look) => advance(known, look, FROM, PLENTY), record)
const of = (record: RunRecord, name: BeancounterName) => ({
  most: record.most[INDEX[name]],
  failures: record.failures[INDEX[name]],
})

describe('a parameter that is only counted', () => {
  test('fails once each time it is seen to go above its limit', () => {
    const files = (...held: number[]) => held.map((numfile) => counts({ numfile }))
    expect(of(seen(newRecord('r'), ...files(9, 10)), 'numfile')).toEqual({ most: 10, failures: 0 })
    expect(of(seen(newRecord('r'), ...files(9, 11, 12, 11)), 'numfile')).toEqual({ most: 12, failures: 1 })
    expect(of(seen(newRecord('r'), ...files(11, 10, 11)), 'numfile')).toEqual({ most: 11, failures: 2 })
  })
  test('where the kernel refuses, at its limit', () => {
    expect(of(seen(newRecord('r'), counts({ numpty: 3 })), 'numpty').failures).toBe(0)
    expect(of(seen(newRecord('r'), counts({ numpty: 4 })), 'numpty').failures).toBe(1)
  })
  test('one without a limit never fails', () => {
    expect(of(seen(newRecord('r'), counts({ privvmpages: 1e15 })), 'privvmpages').failures).toBe(0)
  })
})

test('the kernel’s own count and peak hold, and neither goes backwards', () => {
  const record = seen(
    newRecord('r'),
    counts({ numproc: 5 }, { numproc: 7 }, { numproc: 90 }),
    counts({ numproc: 4 }, { numproc: 0 }, { numproc: 4 }),
  )
  expect(of(record, 'numproc')).toEqual({ most: 90, failures: 7 })
})

test('refused forks count on when the groups that had them have gone', () => {
  const look = (numproc: number | null) => counts({}, { ...(numproc === null ? {} : { numproc }) })
  const record = seen(newRecord('r'), look(null), look(100), look(null), look(100), look(10), look(30))
  expect(of(record, 'numproc').failures).toBe(120)
  expect(of(seen(record, look(30)), 'numproc').failures).toBe(120)
  const { forks: _, ...older } = record
  expect(parseRecord(JSON.stringify(older), 'r')).toMatchObject({ forks: 120 })
})

describe('v1, which counts each time that memory is full', () => {
  const look = (record: RunRecord, hits: number, cacheBytes: number, kills = 0) =>
    advance(record, counts({ physpages: 1000 }, { physpages: hits, oomguarpages: kills }), FROM, {
      ...{ cacheBytes, countsHits: true },
    })
  test('it is no refusal while there is file cache to drop', () => {
    const record = look(newRecord('r'), 50, 600)
    expect(of(record, 'physpages').failures).toBe(0)
    expect(of(look(record, 60, 20), 'physpages').failures).toBe(10)
  })
  test('it is one when something was killed, whatever there is now', () => {
    expect(of(look(newRecord('r'), 50, 900, 1), 'physpages').failures).toBe(50)
  })
  test('a kill is one in any case', () => {
    expect(of(look(newRecord('r'), 0, 900, 1), 'physpages').failures).toBe(1)
  })
  test('counted by two that look in turn it is counted once', () => {
    const first = look(newRecord('r'), 50, 0)
    const second = look(merge(newRecord('r'), first), 50, 0)
    expect(of(second, 'physpages').failures).toBe(50)
    expect(of(merge(first, second), 'physpages').failures).toBe(50)
  })
})

test('two that see the same excess count it once', () => {
  const first = seen(newRecord('r'), counts({ numfile: 11 }))
  const second = seen(merge(newRecord('r'), first), counts({ numfile: 12 }))
  expect(of(merge(first, second), 'numfile')).toEqual({ most: 12, failures: 1 })
})

test('of another run nothing is taken over', () => {
  const old = seen(newRecord('300:1'), counts({ numfile: 11 }))
  expect(merge(newRecord('300:2'), old)).toEqual(newRecord('300:2'))
  expect(parseRecord(JSON.stringify(old), '300:2')).toBeNull()
  expect(parseRecord(JSON.stringify(old), '300:1')).toEqual(old)
  expect(parseRecord('{"run":"300:1', '300:1')).toBeNull()
})

describe('on the host', () => {
  const { folder, boot } = monitorPaths(101)
  test('it is there while the VE runs', () => {
    const sys = memorySys({ [boot]: 'b' })
    storeRecord(sys, 101, 'text')
    expect(readRecordText(sys, 101)).toBe('text')
    expect(sys.list(folder)).toEqual(['beancounters', 'boot'])
  })
  test('nothing is left of one that is taken off at that moment', () => {
    const sys = memorySys({ [boot]: 'b' })
    const { rename } = sys
    sys.rename = (from, to) => {
      rename(from, to)
      sys.files.delete(boot)
    }
    storeRecord(sys, 101, 'text')
    expect([...sys.files.keys()]).toEqual([])
    storeRecord(sys, 101, 'text')
    expect([...sys.files.keys()]).toEqual([])
  })
})
