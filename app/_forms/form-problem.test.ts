import { describe, expect, it } from 'vitest'
import type { ProblemJson } from '@/lib/contract/problem.ts'
import { fieldProblem, looseProblems } from './form-problem.ts'

const problem: ProblemJson = {
  code: 'invalid-input',
  detail: 'Not valid.',
  fields: {
    name: 'Give it a name.',
    'sshKeys.1': 'One key.',
    'limits.diskBytes': 'Too small.',
    veid: 'Taken.',
  },
}

describe('fieldProblem', () => {
  it('finds a field by its own name', () => expect(fieldProblem(problem, 'name')).toBe('Give it a name.'))
  it('counts the entries of a list from one', () =>
    expect(fieldProblem(problem, 'sshKeys')).toBe('Entry 2: One key.'))
  it('finds a part by the name of the whole', () =>
    expect(fieldProblem(problem, 'limits')).toBe('Too small.'))
  it('does not take a longer name for a part', () => expect(fieldProblem(problem, 'ssh')).toBeNull())
  it('says nothing without a problem', () => expect(fieldProblem(null, 'name')).toBeNull())
})

describe('looseProblems', () => {
  it('leaves out what a field shows', () =>
    expect(looseProblems(problem, ['name', 'sshKeys', 'limits'])).toEqual(['veid: Taken.']))
})
