import { expect, test } from 'vitest'
import { attackCommand, parseReport } from './attack.ts'
import { ATTACKS } from './attacks.ts'

test('each attack has a name of its own and stops by itself, soon', () => {
  expect(new Set(ATTACKS.map(({ name }) => name)).size).toBe(ATTACKS.length)
  for (const { name, seconds, most } of ATTACKS) {
    expect({ name, bounded: seconds <= 15 && most <= 500_000 }).toEqual({ name, bounded: true })
  }
})

test('the program is told its bounds and whom it may reach', () => {
  const attack = { ...ATTACKS[0], before: ['nice'], most: 7, seconds: 2 }
  const command = attackCommand(attack, 3, '192.0.2.1')
  expect(command.slice(0, 3)).toEqual(['nice', 'perl', '-e'])
  expect(command.slice(4)).toEqual(['7', '6', '192.0.2.1'])
})

test('what it reports; one that was killed reports nothing', () => {
  expect(parseReport('12 EAGAIN\n')).toEqual({ got: 12, how: 'EAGAIN' })
  expect(parseReport('')).toBeNull()
  expect(parseReport('Out of memory\n')).toBeNull()
})
