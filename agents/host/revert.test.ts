import { expect, test } from 'vitest'
import { Problem } from '../../lib/contract/problem.ts'
import { withRevert } from './revert.ts'

function caught(work: () => unknown): Problem {
  try {
    work()
  } catch (error) {
    return error as Problem
  }
  throw new Error('nothing was thrown')
}

test('success undoes nothing', () => {
  const undone: string[] = []
  const result = withRevert((revert) => {
    revert.push('a', () => undone.push('a'))
    return 7
  })
  expect(result).toBe(7)
  expect(undone).toEqual([])
})

test('failure undoes in reverse and throws the same problem', () => {
  const undone: string[] = []
  const problem = caught(() =>
    withRevert((revert) => {
      revert.push('a', () => undone.push('a'))
      revert.push('b', () => undone.push('b'))
      throw new Problem('no-disk-space', 'Full.')
    }),
  )
  expect(undone).toEqual(['b', 'a'])
  expect(problem.code).toBe('no-disk-space')
})

test('an undo that fails is named, and the others still run', () => {
  const undone: string[] = []
  const problem = caught(() =>
    withRevert((revert) => {
      revert.push('mount', () => undone.push('mount'))
      revert.push('veth', () => {
        throw new Error('busy')
      })
      throw new Problem('command-failed', 'crun failed.')
    }),
  )
  expect(undone).toEqual(['mount'])
  expect(problem.detail).toBe('crun failed. Not undone: veth (busy).')
  expect(problem.context?.undoFailures).toEqual(['veth (busy)'])
})
