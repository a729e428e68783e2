import { expect, test } from 'vitest'
import { forgetHaltAsked, haltAsked, noteHaltAsked } from './halt-intent.ts'
import { memorySys } from './testing/memory-sys.ts'

test('a halt that was asked for counts as long as the panel waits, and a minute', () => {
  const sys = memorySys()
  expect(haltAsked(sys, 101)).toBe(false)
  noteHaltAsked(sys, 101, 30)
  sys.sleep(89_000)
  expect(haltAsked(sys, 101)).toBe(true)
  sys.sleep(2_000)
  expect(haltAsked(sys, 101)).toBe(false)
})

test('it is forgotten', () => {
  const sys = memorySys()
  noteHaltAsked(sys, 101, 30)
  forgetHaltAsked(sys, 101)
  expect(haltAsked(sys, 101)).toBe(false)
})
