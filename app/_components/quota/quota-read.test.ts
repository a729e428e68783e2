import { expect, test } from 'vitest'
import type { Problem } from '@/lib/contract/problem.ts'
import { GIB } from '@/lib/contract/units.ts'
import { quotaChange } from '@/lib/quota/input.ts'
import { readGraceForm, readOwnerForm } from './quota-read.ts'

function form(values: Record<string, string>): FormData {
  const data = new FormData()
  for (const [name, value] of Object.entries({ veId: 'v', kind: 'user', ...values })) data.set(name, value)
  return data
}

test('limits of an owner, by number or by name', () => {
  const limits = {
    'owner.limits.softBytes': '',
    'owner.limits.hardBytes': '2G',
    'owner.limits.hardInodes': '90',
  }
  const read = readOwnerForm(form({ 'owner.id': '1000', ...limits })).change
  expect(quotaChange.parse(read)).toEqual({
    kind: 'user',
    owner: {
      id: 1000,
      limits: { softBytes: null, hardBytes: 2 * GIB, softInodes: null, hardInodes: 90 },
    },
  })
  expect(readOwnerForm(form({ 'owner.id': 'www-data', ...limits })).change.owner.id).toBe('www-data')
})

test('grace is typed as a time', () =>
  expect(readGraceForm(form({ 'grace.bytesSeconds': '7 d', 'grace.inodesSeconds': '60' })).change).toEqual({
    kind: 'user',
    grace: { bytesSeconds: 604_800, inodesSeconds: 60 },
  }))

test('what is none of these is told at its field', () => {
  try {
    readOwnerForm(
      form({ 'owner.id': '1000', 'owner.limits.hardBytes': '256', 'owner.limits.hardInodes': '1K' }),
    )
    expect.unreachable()
  } catch (error) {
    expect(Object.keys((error as Problem).fields ?? {})).toEqual([
      'owner.limits.hardBytes',
      'owner.limits.hardInodes',
    ])
  }
})
