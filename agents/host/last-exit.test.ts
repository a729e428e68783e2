import { expect, test } from 'vitest'
import { classifyExit, readLastExit, storeLastExit } from './last-exit.ts'
import { memorySys } from './testing/memory-sys.ts'

test.each([
  ['reboot(2) with restart', 129, 'system', false, { reason: 'reboot', exitCode: null, signal: 1 }],
  ['reboot(2) with halt or power off', 130, 'system', false, { reason: 'halt', exitCode: null, signal: 2 }],
  ['a reboot in answer to a halt', 129, 'system', true, { reason: 'halt', exitCode: null, signal: 1 }],
  ['a killed init', 137, 'system', false, { reason: 'crashed', exitCode: null, signal: 9 }],
  ['an init that gave up', 0, 'system', false, { reason: 'ended', exitCode: 0, signal: null }],
  ['what nobody noted', null, 'system', false, { reason: 'crashed', exitCode: null, signal: null }],
  ['a program that is done', 3, 'application', false, { reason: 'ended', exitCode: 3, signal: null }],
  ['a program that was hung up', 129, 'application', false, { reason: 'crashed', exitCode: null, signal: 1 }],
  ['a high exit code', 255, 'application', false, { reason: 'ended', exitCode: 255, signal: null }],
] as const)('%s', (_what, code, kind, haltAsked, exit) => {
  expect(classifyExit({ code }, kind, haltAsked)).toEqual(exit)
})

test('is kept with its time', () => {
  const sys = memorySys()
  expect(readLastExit(sys, 101)).toBeNull()
  storeLastExit(sys, 101, { reason: 'ended', exitCode: 3, signal: null })
  expect(readLastExit(sys, 101)).toEqual({ at: sys.now(), reason: 'ended', exitCode: 3, signal: null })
})
