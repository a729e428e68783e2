import { expect, it } from 'vitest'
import { contend, worst } from './pairs.ts'

it('takes turns in going first, and leaves out the pair that fills caches', async () => {
  const order: string[] = []
  const rate = (name: string) => async () => order.push(name)
  const rates = await contend({ what: 'test', ours: rate('ours'), bare: rate('bare') }, 2)
  expect(order.join(' ')).toBe('ours bare bare ours ours bare')
  expect(rates).toEqual({ what: 'test', ours: [4, 5], bare: [3, 6] })
})

it('counts the contest that went worst, and tells of all', () => {
  const good = { what: 'good', ours: [11, 12], bare: [10, 10] }
  const bad = { what: 'bad', ours: [8, 9, 9], bare: [10, 10, 10] }
  const { runs, note } = worst([good, bad], (rate) => `${rate}/s`, 'by hand')
  expect(runs).toEqual([0.8, 0.9, 0.9])
  expect(note).toBe('good 1.150 (11.5/s to 10/s), bad 0.900 (9/s to 10/s); by hand')
})
