import { expect, test } from 'vitest'
import type { MoveObstacle } from '../contract/moves.ts'
import { GIB } from '../contract/units.ts'
import type { Candidate } from '../hosts/placement.ts'
import type { Promised } from '../hosts/promised.ts'
import { planBalance } from './plan-balance.ts'
import { type Leaving, spreadKey } from './plan-moves.ts'
import { fleetOf, host, leaving } from './test-leaving.ts'

const MANY = 20
const [a, b] = [
  { id: 'a', name: 'a' },
  { id: 'b', name: 'b' },
]

/** With what the VEs are promised counted where they are. */
function balance(
  ves: Leaving[],
  hosts: Candidate[] = [host('a'), host('b')],
  most = MANY,
  spread = new Map(),
) {
  const promised = new Map<string, Promised>()
  for (const { row, from } of ves) {
    const has = promised.get(from.id) ?? { ves: 0, memoryBytes: 0, diskBytes: 0, guaranteedBytes: 0 }
    const memory = Number(row.memoryBytes)
    promised.set(from.id, {
      ves: has.ves + 1,
      memoryBytes: has.memoryBytes + memory,
      diskBytes: has.diskBytes + Number(row.diskBytes),
      guaranteedBytes: has.guaranteedBytes + Number(row.guaranteedBytes),
    })
  }
  const counted = hosts.filter(({ status }) => status === 'online')
  return planBalance(ves, counted, fleetOf(hosts, { promised, spread }), most)
}
const many = (count: number, given: object = {}) =>
  Array.from({ length: count }, (_, index) => leaving(`ve${index}`, { from: a, ...given }))

test('from the fullest host to another until it is even, and no further', () => {
  const { moves, hosts } = balance(many(8))
  expect(moves.map(({ from, to, kind }) => `${kind} ${from.id} ${to.id}`)).toEqual(Array(4).fill('live a b'))
  const [first, second] = hosts
  expect(first?.after).toBeCloseTo(second?.after ?? 0)
  expect(first?.before).toBeGreaterThan(first?.after ?? 0)
  expect(balance([...many(4), ...many(4, { from: b })]).moves).toEqual([])
})

test('few moves: the ones that help most, as many as asked for, none for next to nothing', () => {
  const ves = [leaving('large', { from: a, memory: 4 * GIB }), ...many(4)]
  expect(balance(ves).moves.map(({ ve }) => ve.id)).toEqual(['large'])
  expect(balance(many(8), undefined, 2).moves).toHaveLength(2)
  expect(balance(many(1, { memory: GIB / 8 })).moves).toEqual([])
})

test('nothing goes to a host in maintenance, nor where it does not fit', () => {
  expect(balance(many(8), [host('a'), host('b', { status: 'maintenance' })]).moves).toEqual([])
  expect(balance(many(8), [host('a'), host('b', { templateBytes: null })]).moves).toEqual([])
})

test('VEs of one group that share a host are parted first, and never brought together', () => {
  const web = { spreadGroup: 'web', memory: GIB / 8 }
  const key = spreadKey({ accountId: 'account', spreadGroup: 'web' }) as string
  const both = new Map([[key, new Map([['a', 2]])]])
  const { moves } = balance(many(2, web), undefined, MANY, both)
  expect(moves).toMatchObject([{ to: { id: 'b' }, notes: ['It shares a with its spread group.'] }])
  const there = new Map([
    [
      key,
      new Map([
        ['a', 1],
        ['b', 1],
      ]),
    ],
  ])
  expect(balance(many(1, { spreadGroup: 'web', memory: 8 * GIB }), undefined, MANY, there).moves).toEqual([])
})

test('what would have to be restarted is left alone; what is stopped moves cold', () => {
  const notLive: MoveObstacle = { kinds: ['live'], text: 'CRIU refuses it.', remedy: null }
  expect(balance(many(8).map((each) => ({ ...each, obstacles: [notLive] }))).moves).toEqual([])
  expect(balance(many(8, { state: 'stopped' })).moves[0]).toMatchObject({ kind: 'cold' })
})
