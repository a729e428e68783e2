import { describe, expect, it } from 'vitest'
import { VE_STATES } from '@/lib/contract/ve-state.ts'
import { stateForbids, VE_ACTIONS } from './ve-allowed.ts'

describe('stateForbids', () => {
  const table = VE_STATES.map((state) => [
    state,
    ...VE_ACTIONS.map((action) => stateForbids(state, action) === null),
  ])
  it('offers what the state allows, or will allow when the running operation ends well', () => {
    //               start  stop   restart rescue configure suspend unsuspend destroy
    expect(table).toEqual([
      ['creating', false, false, false, false, false, false, false, false],
      ['stopped', true, false, false, true, true, true, true, true],
      ['starting', false, true, true, false, true, true, true, false],
      ['running', false, true, true, false, true, true, true, false],
      ['stopping', true, false, false, true, true, true, true, true],
      ['destroying', false, false, false, false, false, false, false, false],
      ['destroyed', false, false, false, false, false, false, false, false],
      ['failed', false, false, false, false, false, false, true, true],
    ])
  })
  it('says what it has to be', () =>
    expect(stateForbids('running', 'destroy')).toBe('It is running; it has to be stopped or failed.'))
  it('says what it is busy with', () => expect(stateForbids('creating', 'start')).toBe('It is creating now.'))
})
