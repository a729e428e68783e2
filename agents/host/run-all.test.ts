import { expect, test } from 'vitest'
import { Problem } from '../../lib/contract/problem.ts'
import { runAll } from './run-all.ts'

const fail = (detail: string) => () => {
  throw new Problem('command-failed', detail)
}

test('every step is run; the first problem is thrown afterwards, with what the others said', () => {
  const ran: string[] = []
  expect(() =>
    runAll(
      fail('Stuck.'),
      () => ran.push('b'),
      fail('Busy.'),
      () => ran.push('d'),
    ),
  ).toThrow('Stuck. Busy.')
  expect(ran).toEqual(['b', 'd'])
})

test('one problem is thrown as it is, none is none', () => {
  expect(() => runAll(() => {}, fail('Stuck.'))).toThrow(new Problem('command-failed', 'Stuck.'))
  expect(() => runAll(() => {})).not.toThrow()
})
