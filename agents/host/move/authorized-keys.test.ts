import { expect, test } from 'vitest'
import { memorySys } from '../testing/memory-sys.ts'
import { authorizedLine, hostKeys } from './authorized-keys.ts'

const KEY = `ssh-ed25519 ${'A'.repeat(68)}`
const WAY = {
  veid: 101,
  move: '0b7e7f4e-6c1b-4a53-9d0b-0d6f4b1f0a01',
  publicKey: KEY,
  from: '10.77.0.11',
  expiresAt: Date.UTC(2026, 10, 21, 23, 30, 5, 678),
}

test('a key of a move may do one thing, from one address, until it expires', () => {
  expect(authorizedLine(WAY, '/usr/bin/qjs --std /agent.js')).toBe(
    `restrict,from="10.77.0.11",expiry-time="20261121233005Z",command="/usr/bin/qjs --std /agent.js receive 101 ${WAY.move}" ${KEY} corral-move:${WAY.move}`,
  )
})

test.each([
  ['publicKey', `${KEY} x\nssh-ed25519 BBBB`],
  ['publicKey', `command="sh" ${KEY}`],
  ['publicKey', 'ssh-rsa AAAA'],
  ['from', '10.77.0.11",command="sh'],
  ['from', '*'],
  ['from', '10.0.0.0/8'],
] as const)('what could say more than that is refused: %s %j', (field, value) => {
  expect(() => authorizedLine({ ...WAY, [field]: value }, 'agent')).toThrow(
    expect.objectContaining({ code: 'invalid-input', fields: { [field]: expect.any(String) } }),
  )
})

test('a host shows its keys without what else is beside them', () => {
  const sys = memorySys({
    '/etc/ssh/ssh_host_ed25519_key.pub': `${KEY} root@host\n`,
    '/etc/ssh/ssh_host_ed25519_key': 'secret',
    '/etc/ssh/sshd_config': '',
  })
  expect(hostKeys(sys)).toEqual([KEY])
})
