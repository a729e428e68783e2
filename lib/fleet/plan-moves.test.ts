import { expect, test } from 'vitest'
import type { MoveObstacle } from '../contract/moves.ts'
import { GIB } from '../contract/units.ts'
import { type Asked, type Leaving, pairKey, planMoves, spreadKey } from './plan-moves.ts'
import type { FleetPlan } from './resource.ts'
import { FROM, fleetOf, host, leaving } from './test-leaving.ts'

const NOTHING: Asked = { restart: false, refused: new Map() }
const NOT_LIVE: MoveObstacle = { kinds: ['live'], text: 'CRIU refuses it.', remedy: null }
const plan = (ves: Leaving[], fleet = fleetOf([host('a'), host('b')]), asked = NOTHING) =>
  planMoves(ves, fleet, asked)
const went = ({ moves }: FleetPlan) =>
  Object.fromEntries(moves.map(({ ve, to, kind }) => [ve.id, `${kind} ${to.id}`]))
const stays = ({ stay }: FleetPlan) => Object.fromEntries(stay.map(({ ve, reasons }) => [ve.id, reasons]))

test('those that are given a place count for the next: they are dealt out, the largest first', () => {
  const ves = [
    leaving('small'),
    leaving('large', { memory: 4 * GIB }),
    leaving('middle', { memory: 2 * GIB }),
  ]
  const dealt = plan(ves)
  expect(dealt.moves.map(({ ve }) => ve.id)).toEqual(['large', 'middle', 'small'])
  expect(went(dealt)).toEqual({ large: 'live a', middle: 'live b', small: 'live b' })
})

test('never back to where it is, and what runs nowhere stays with a reason of each host', () => {
  const hosts = [
    host('here'),
    host('full', { memoryBytes: GIB / 4 }),
    host('shut', { status: 'maintenance' }),
    host('bare', { templateBytes: null }),
  ]
  const reasons = stays(plan([leaving('ve')], fleetOf(hosts))).ve?.join('\n')
  expect(reasons).toMatch(/full: .*memory asked/)
  expect(reasons).toMatch(/shut is in maintenance/)
  expect(reasons).toMatch(/bare does not have the template/)
  expect(reasons).not.toMatch(/^here/m)
  expect(stays(plan([leaving('ve')], fleetOf([host('here')])))).toEqual({ ve: ['There is no other host.'] })
})

test('room runs out: the first ones go, the rest stay', () => {
  const ves = Array.from({ length: 4 }, (_, index) => leaving(`ve${index}`, { memory: 4 * GIB }))
  const { moves, stay } = plan(ves, fleetOf([host('a', { memoryBytes: 8 * GIB })]))
  expect([moves.length, stay.length]).toEqual([3, 1])
})

test('a restart is never chosen unless it was asked for, and then it says why it is not live', () => {
  const ve = () => leaving('ve', {}, { obstacles: [NOT_LIVE] })
  expect(stays(plan([ve()])).ve).toContain('It cannot move live. With a restart it can.')
  const { moves } = plan([ve()], undefined, { ...NOTHING, restart: true })
  expect(moves).toMatchObject([{ kind: 'restart', notes: ['Not live: CRIU refuses it.'] }])
})

test('live to a host that allows it goes before a restart to a better one', () => {
  const refused = new Map([[pairKey('ve', 'a'), [NOT_LIVE]]])
  expect(went(plan([leaving('ve')], undefined, { restart: true, refused }))).toEqual({ ve: 'live b' })
})

test('what its own host says keeps it wherever it would go; a stopped one moves cold', () => {
  const kept: MoveObstacle = {
    kinds: ['live', 'restart', 'cold'],
    text: 'It has snapshots.',
    remedy: 'Delete them.',
  }
  const { stay } = plan([leaving('ve', {}, { obstacles: [kept] })])
  expect(stay).toMatchObject([{ reasons: ['It has snapshots. Delete them.'] }])
  expect(went(plan([leaving('ve', { state: 'stopped' })]))).toEqual({ ve: 'cold a' })
})

test('VEs of one group are kept apart, also from those that are there already; where that cannot be they share and it says so', () => {
  const web = { spreadGroup: 'web' }
  const key = spreadKey({ accountId: 'account', ...web }) as string
  expect(went(plan([leaving('one', web), leaving('two', web)]))).toEqual({ one: 'live a', two: 'live b' })
  const there = fleetOf([host('a'), host('b', { heldBytes: 4 * GIB })], {
    spread: new Map([[key, new Map([['a', 1]])]]),
  })
  expect(went(plan([leaving('one', web)], there))).toEqual({ one: 'live b' })
  const { moves } = plan([leaving('one', web), leaving('two', web)], fleetOf([host('a')]))
  expect(moves.map(({ notes }) => notes.length)).toEqual([0, 1])
  // A group is of one account.
  const other = leaving('two', web)
  other.row.accountId = 'another'
  expect(
    plan([leaving('one', web), other], fleetOf([host('a')])).moves.flatMap(({ notes }) => notes),
  ).toEqual([])
})

test('an address whose pool does not serve a host keeps it from there', () => {
  const pools = [{ id: 'pool', hosts: [{ hostId: 'b' }], groups: [] }] as never
  const held = [{ address: '10.0.0.1', poolId: 'pool' }]
  expect(went(plan([leaving('ve', {}, { held })], fleetOf([host('a'), host('b')], { pools })))).toEqual({
    ve: 'live b',
  })
})

test('each move says where it comes from', () => {
  expect(plan([leaving('ve')]).moves[0]?.from).toEqual(FROM)
})
