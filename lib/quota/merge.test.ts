import { expect, test } from 'vitest'
import type { QuotaOwner } from '../contract/quota.ts'
import { type Listing, uncountedNotice, withChanges } from './merge.ts'

const NONE = { softBytes: null, hardBytes: null, softInodes: null, hardInodes: null }
const owner = (id: number, more: Partial<QuotaOwner> = {}): QuotaOwner => ({
  ...{ kind: 'user', id, name: null, usedBytes: 1, usedInodes: 1, limits: NONE },
  ...{ bytesGraceEndsAt: null, inodesGraceEndsAt: null },
  ...more,
})
const GRACE = { bytesSeconds: 1, inodesSeconds: 1 }
const LISTING: Listing = {
  owners: [owner(0), owner(1000)],
  counted: 2,
  most: 10,
  grace: { user: GRACE, group: GRACE },
}

test('what was set since stands in the listing: of who is in it, of who is new, and of all of a kind', () => {
  const limits = { ...NONE, hardBytes: 5 }
  const grace = { bytesSeconds: 9, inodesSeconds: 9 }
  const now = withChanges(LISTING, [
    { input: { kind: 'user' }, result: { owner: owner(1000, { limits }) } },
    { input: { kind: 'user' }, result: { owner: owner(1001, { usedBytes: 0, usedInodes: 0, limits }) } },
    { input: { kind: 'user' }, result: { owner: owner(1002, { usedBytes: 0, usedInodes: 0 }) } },
    { input: { kind: 'group', grace }, result: { owner: null } },
  ])
  expect(now).toEqual({
    owners: [owner(1001, { usedBytes: 0, usedInodes: 0, limits }), owner(0), owner(1000, { limits })],
    counted: 3,
    most: 10,
    grace: { user: GRACE, group: grace },
  })
  expect(LISTING.owners[1]?.limits).toEqual(NONE)
})

test('more owners than are counted are said to be free', () => {
  expect(uncountedNotice(10, 10)).toBeNull()
  expect(uncountedNotice(11, 10)).toMatch(/^11 users and groups own files, and 10 may be counted/)
})
