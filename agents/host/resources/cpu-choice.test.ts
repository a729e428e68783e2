import { expect, test } from 'vitest'
import { chooseCpus, chooseNodes } from './cpu-choice.ts'

const FOUR = [0, 1, 2, 3]
const choose = (cpus: number | null, cpuMask: string | null, veid = 101) =>
  chooseCpus({ cpus, cpuMask }, veid, FOUR)

test('all without a wish, those of the mask with one', () => {
  expect(choose(null, null)).toEqual(FOUR)
  expect(choose(null, '1,3')).toEqual([1, 3])
})

test('so many of them, spread by veid, and one more CPU leaves those there are', () => {
  expect([100, 101, 102, 103].map((veid) => choose(1, null, veid))).toEqual([[0], [1], [2], [3]])
  expect(choose(2, null, 103)).toEqual([0, 3])
  expect(choose(3, null, 103)).toEqual([0, 1, 3])
  expect(choose(1, '1,3', 103)).toEqual([3])
})

const problem = (work: () => unknown) => {
  try {
    work()
  } catch (error) {
    return (error as { fields: object }).fields
  }
  return null
}

test('what the host does not have is refused at its field', () => {
  expect(problem(() => choose(5, null))).toEqual({ 'spec.limits.cpus': 'This host has 4.' })
  expect(problem(() => choose(3, '0-1'))).toEqual({ 'spec.limits.cpus': 'The mask allows 2.' })
  expect(problem(() => choose(1, '2-6'))).toEqual({
    'spec.limits.cpuMask': 'This host has the CPUs 0-3, not 4-6.',
  })
  expect(problem(() => chooseNodes({ nodeMask: '1' }, [0]))).toEqual({
    'spec.limits.nodeMask': 'This host has the memory nodes 0, not 1.',
  })
})
