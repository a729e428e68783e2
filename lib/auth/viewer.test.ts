import { expect, test } from 'vitest'
import { PERMISSION_NAMES, ROLE_MAY } from './permissions.ts'
import {
  accountsWhere,
  can,
  canAtProvider,
  canFromAbove,
  homeAccount,
  type Viewer,
  type ViewerMembership,
} from './viewer.ts'

const provider: ViewerMembership = {
  accountId: 'p',
  accountKind: 'provider',
  role: 'admin',
  subtree: null,
  ancestors: [],
}
const reseller: ViewerMembership = {
  accountId: 'r',
  accountKind: 'reseller',
  role: 'operator',
  subtree: ['r', 'c'],
  ancestors: ['p'],
}
const viewer = (...memberships: ViewerMembership[]): Viewer => ({
  userId: 'u',
  name: 'U',
  email: 'u@example.org',
  memberships,
  via: 'session',
})

test('the provider reaches every account, a reseller its own subtree', () => {
  expect(can(viewer(provider), 've:destroy', 'anything')).toBe(true)
  expect(can(viewer(reseller), 've:operate', 'c')).toBe(true)
  expect(can(viewer(reseller), 've:operate', 'p')).toBe(false)
  expect(can(viewer(), 've:read', 'c')).toBe(false)
})

test('a role gives what its row says, in that account only', () => {
  expect(can(viewer(reseller), 've:destroy', 'c')).toBe(false)
  const both = viewer(reseller, { ...reseller, role: 'admin', accountId: 'c', subtree: ['c'] })
  expect(can(both, 've:destroy', 'c')).toBe(true)
  expect(can(both, 've:destroy', 'r')).toBe(false)
  expect(accountsWhere(both, 've:destroy')).toEqual(['c'])
  expect(accountsWhere(viewer(provider), 've:read')).toBeNull()
})

test('what belongs to the installation is the provider’s', () => {
  expect(canAtProvider(viewer(reseller), 'address:read')).toBe(false)
  expect(canAtProvider(viewer(provider), 'address:read')).toBe(true)
})

test('nobody lifts what was laid on them from above', () => {
  const seller: ViewerMembership = { ...reseller, role: 'admin' }
  const owner: ViewerMembership = {
    ...seller,
    accountId: 'c',
    accountKind: 'customer',
    subtree: ['c'],
    ancestors: ['r', 'p'],
  }
  expect(can(viewer(owner), 've:suspend', 'c')).toBe(true)
  expect(canFromAbove(viewer(owner), 've:suspend', 'c')).toBe(false)
  expect(canFromAbove(viewer(seller), 've:suspend', 'c')).toBe(true)
  expect(canFromAbove(viewer(seller), 've:suspend', 'r')).toBe(false)
  expect(canFromAbove(viewer(reseller), 've:suspend', 'c')).toBe(false)
  expect(canFromAbove(viewer(provider), 've:suspend', 'p')).toBe(true)
})

test('new things belong to the first account where they are allowed', () => {
  const watcher: ViewerMembership = { ...provider, role: 'viewer' }
  expect(homeAccount(viewer(watcher, reseller), 've:create')).toBe('r')
  expect(() => homeAccount(viewer(watcher), 've:create')).toThrow('does not allow you to create VEs')
})

test('an admin may all, a viewer only read', () => {
  for (const permission of PERMISSION_NAMES) {
    expect(ROLE_MAY.admin[permission]).toBe(true)
    expect(ROLE_MAY.viewer[permission]).toBe(permission.endsWith(':read'))
    if (ROLE_MAY.viewer[permission]) expect(ROLE_MAY.operator[permission]).toBe(true)
  }
})
