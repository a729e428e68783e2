import { expect, test } from 'vitest'
import { nextMoves } from './turns.ts'

const move = (from: string, to: string) => ({ from: { id: from, name: from }, to: { id: to, name: to } })
const [ab, ba, ac] = [move('a', 'b'), move('b', 'a'), move('a', 'c')]

test('in order, within the budget of each pair of hosts and of all', () => {
  const budget = { perPair: 2, atOnce: 4 }
  expect(nextMoves({ ...budget, live: [], left: [ab, ab, ab, ac, ac, ac] })).toEqual([ab, ab, ac, ac])
  expect(nextMoves({ ...budget, live: [ab, ac, ac], left: [ab, ab, ac] })).toEqual([ab])
  expect(nextMoves({ ...budget, live: [ab, ab, ac, ac], left: [ab] })).toEqual([])
  expect(nextMoves({ ...budget, live: [], left: [] })).toEqual([])
})

test('both directions between two hosts share a link', () => {
  expect(nextMoves({ perPair: 1, atOnce: 4, live: [ab], left: [ba, ac] })).toEqual([ac])
})
