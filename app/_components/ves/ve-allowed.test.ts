import { describe, expect, it } from 'vitest'
import type { Viewer, ViewerMembership } from '@/lib/auth/viewer.ts'
import { VE_STATES } from '@/lib/contract/ve-state.ts'
import { notFromAbove, stateForbids, VE_ACTIONS, veOffers } from './ve-allowed.ts'

describe('stateForbids', () => {
  const table = VE_STATES.map((state) => [
    state,
    ...VE_ACTIONS.map((action) => stateForbids(state, action) === null),
  ])
  it('offers what the state allows, or will allow when the running operation ends well', () => {
    //               start  stop   restart rescue hibernate resume configure suspend unsuspend destroy
    expect(table).toEqual([
      ['creating', false, false, false, false, false, false, false, false, false, false],
      ['stopped', true, false, false, true, false, false, true, true, true, true],
      ['starting', false, true, true, false, true, false, true, true, true, false],
      ['running', false, true, true, false, true, false, true, true, true, false],
      ['stopping', true, false, false, true, false, false, true, true, true, true],
      ['hibernating', false, true, false, false, false, true, false, true, true, true],
      ['hibernated', false, true, false, false, false, true, false, true, true, true],
      ['restoring', false, false, false, false, false, false, false, false, false, false],
      ['destroying', false, false, false, false, false, false, false, false, false, false],
      ['destroyed', false, false, false, false, false, false, false, false, false, false],
      ['failed', false, false, false, false, false, false, false, false, true, true],
    ])
  })
  it('says what it has to be', () =>
    expect(stateForbids('running', 'destroy')).toBe(
      'It is running; it has to be stopped or hibernated or failed.',
    ))
  it('says how a hibernated one is left', () =>
    expect(stateForbids('hibernated', 'configure')).toBe(
      'It is hibernated; it has to be running or stopped. Resume it first; or stop it, which throws its memory away.',
    ))
  it('says what it is busy with', () => expect(stateForbids('creating', 'start')).toBe('It is creating now.'))
})

describe('what comes from above', () => {
  const owner: ViewerMembership = {
    accountId: 'c',
    accountKind: 'customer',
    role: 'admin',
    subtree: ['c'],
    ancestors: ['r', 'p'],
  }
  const seller: ViewerMembership = { ...owner, accountId: 'r', accountKind: 'reseller', subtree: ['r', 'c'] }
  const viewer = (membership: ViewerMembership): Viewer => ({
    userId: 'u',
    name: 'U',
    email: 'u@example.org',
    memberships: [membership],
    via: 'session',
  })
  const account = { id: 'c', name: 'Example Ltd' }
  const suspended = { at: '2026-11-21T12:00:00.000Z', reason: 'payment', note: null } as const

  it('is not lifted by an admin of the account itself', () => {
    const offers = veOffers(viewer(owner), { state: 'stopped', suspended, account, checkpointObstacle: null })
    expect(offers.unsuspend).toMatch(/^It belongs to Example Ltd: only whoever sells/)
    expect(
      veOffers(viewer(owner), { state: 'running', suspended: null, account, checkpointObstacle: null })
        .suspend,
    ).toBe(offers.unsuspend)
  })

  it('is laid on and lifted by whoever sells to the account, with a role that may', () => {
    expect(
      veOffers(viewer(seller), { state: 'stopped', suspended, account, checkpointObstacle: null }).unsuspend,
    ).toBeNull()
    expect(notFromAbove(viewer({ ...seller, role: 'operator' }), account)).toBe(
      'Your role does not allow you to suspend VEs and lift that.',
    )
  })

  it('judges by the account of the VE: a role elsewhere gives nothing', () => {
    const elsewhere = viewer({ ...owner, accountId: 'x', subtree: ['x'] })
    expect(
      veOffers(elsewhere, { state: 'stopped', suspended: null, account, checkpointObstacle: null }).start,
    ).toMatch(/^Your role/)
  })
})
