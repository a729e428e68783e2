import { expect, test } from 'vitest'
import { worstOf } from './neighbour-latency.ts'

const window = (page: number) => ({ byte: page / 100, page, slow: 2 * page, agent: 100 * page })
const contest = (name: string, quiet: number[], attacked: number[]) => ({
  name,
  quiet: quiet.map(window),
  attacked: attacked.map(window),
})

test('the attack that is felt most gives the figure, pair by pair; the note names all', () => {
  const { runs, note } = worstOf([
    contest('mild', [1, 1, 1], [1.1, 1.1, 9]),
    contest('harsh', [2, 1, 1], [2.8, 1.3, 1.4]),
  ])
  expect(runs).toEqual([1.4, 1.3, 1.4])
  expect(note).toContain('harsh 1.40, mild 1.10')
  expect(note).toContain('18.0 ms under attack')
  expect(note).toContain('0.01 ms when quiet, 0.09 ms at worst under attack')
  expect(note).toContain('200 ms and 900 ms')
})
