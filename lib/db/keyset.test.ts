import { expect, test } from 'vitest'
import { keyset, keysetPage } from './keyset.ts'

const ID = '01900000-0000-7000-8000-000000000001'
const page = (sort: string, row: object) =>
  keysetPage(keyset({ sort, limit: 1 }, 'name'), [
    { id: ID, ...row },
    { id: ID, ...row },
  ]).next ?? undefined
const cursor = (...parts: unknown[]) => Buffer.from(JSON.stringify(parts)).toString('base64url')

test('a cursor brings back the value it was made from', () => {
  const rows = {
    name: 'it’s; "x"',
    veid: 2147483644,
    memoryBytes: 2n ** 50n,
    createdAt: new Date('2026-01-02T03:04:05.678Z'),
  }
  for (const [field, value] of Object.entries(rows))
    for (const sort of [field, `-${field}`])
      expect(keyset({ sort, cursor: page(sort, rows) }, 'name').after).toEqual({ value, id: ID })
})

test('there is a next page only when a row was read beyond this one', () => {
  const set = keyset({ limit: 2 }, 'name')
  const rows = ['a', 'b', 'c'].map((name) => ({ id: ID, name }))
  expect(keysetPage(set, rows)).toMatchObject({ rows: rows.slice(0, 2), next: expect.any(String) })
  expect(keysetPage(set, rows.slice(0, 2)).next).toBeNull()
  expect(keysetPage(set, []).next).toBeNull()
})

test('a cursor of another list or order, or one made up, is refused', () => {
  for (const bad of ['', '!', cursor('-name', 'a', ID), cursor('name', 'a', 'no-id'), cursor('name', 1, ID)])
    expect(() => keyset({ cursor: bad }, 'name')).toThrow('Not valid: cursor.')
  for (const [sort, value] of [
    ['veid', 'x'],
    ['veid', '2147483648'],
    ['diskBytes', '9'.repeat(19)],
    ['createdAt', 'noon'],
  ] as const)
    expect(() => keyset({ sort, cursor: cursor(sort, value, ID) }, 'name')).toThrow('Not valid: cursor.')
  expect(() => keyset({ sort: 'password' }, 'name')).toThrow('Not valid: sort.')
})
