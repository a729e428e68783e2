import { describe, expect, it } from 'vitest'
import { VE_STATES } from '@/lib/contract/ve-state.ts'
import { stateForbids, VE_ACTIONS } from './ve-allowed.ts'

describe('stateForbids', () => {
  const table = VE_STATES.map((state) => [
    state,
    ...VE_ACTIONS.map((action) => stateForbids(state, action) === null),
  ])
  it('offers what the state allows, or will allow when the running operation ends well', () => {
    //                        start  stop   destroy
    expect(table).toEqual([
      ['creating', false, false, false],
      ['stopped', true, false, true],
      ['starting', false, true, false],
      ['running', false, true, false],
      ['stopping', true, false, true],
      ['destroying', false, false, false],
      ['destroyed', false, false, false],
      ['failed', false, false, true],
    ])
  })
  it('says what it has to be', () =>
    expect(stateForbids('running', 'destroy')).toBe('It is running; it has to be stopped or failed.'))
  it('says what it is busy with', () => expect(stateForbids('creating', 'start')).toBe('It is creating now.'))
})
