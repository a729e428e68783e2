import { describe, expect, it } from 'vitest'
import type { Viewer, ViewerMembership } from '@/lib/auth/viewer.ts'
import { VE_STATES } from '@/lib/contract/ve-state.ts'
import { notFromAbove, stateForbids, VE_ACTIONS, veOffers } from './ve-allowed.ts'

describe('stateForbids', () => {
  const table = VE_STATES.map((state) => {
    const offered = VE_ACTIONS.map((action) => (stateForbids(state, action) === null ? '1' : '0')).join('')
    return [state, `${offered.slice(0, 7)} ${offered.slice(7, 13)} ${offered.slice(13)}`]
  })
  it('offers what the state allows, or will allow when the running operation ends well', () => {
    // start stop restart rescue hibernate resume configure | snapshot rollBack deleteSnapshot mount backUp restore | move suspend unsuspend destroy
    expect(table).toEqual([
      ['creating', '0000000 000000 0000'],
      ['stopped', '1001001 111111 1111'],
      ['starting', '0110101 111111 1110'],
      ['running', '0110101 111111 1110'],
      ['stopping', '1001001 111111 1111'],
      ['hibernating', '0100010 011110 0111'],
      ['hibernated', '0100010 011110 0111'],
      ['restoring', '0000000 000000 0000'],
      ['moving', '0000000 000000 0000'],
      ['destroying', '0000000 000000 0000'],
      ['destroyed', '0000000 000000 0000'],
      ['failed', '0000000 001000 0011'],
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

describe('hibernation', () => {
  const admin: Viewer = {
    userId: 'u',
    name: 'U',
    email: 'u@example.org',
    memberships: [{ accountId: 'p', accountKind: 'provider', role: 'admin', subtree: null, ancestors: [] }],
    via: 'session',
  }
  const account = { id: 'c', name: 'Example Ltd' }
  const suspended = { at: '2026-11-21T12:00:00.000Z', reason: 'payment', note: null } as const
  const ve = { state: 'running', suspended: null, account, checkpointObstacle: null } as const

  it('is off with the words of a host that cannot; what is hibernated there can still be resumed', () => {
    const checkpointObstacle = 'node1 cannot write the memory of VEs down: CRIU is missing.'
    expect(veOffers(admin, { ...ve, checkpointObstacle }).hibernate).toBe(checkpointObstacle)
    expect(veOffers(admin, ve).hibernate).toBeNull()
    expect(veOffers(admin, { ...ve, state: 'hibernated', checkpointObstacle }).resume).toBeNull()
  })

  it('is not ended while the VE is suspended, nor are snapshots taken; they may be deleted', () => {
    const offers = veOffers(admin, { ...ve, state: 'hibernated', suspended })
    const off = 'It is suspended.'
    expect(offers).toMatchObject({
      resume: off,
      snapshot: off,
      rollBack: off,
      deleteSnapshot: null,
      stop: null,
    })
  })
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
