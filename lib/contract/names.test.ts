import { expect, test } from 'vitest'
import { ipAddress, ipv6 } from './names.ts'

test.each(['::', '::1', '2001:db8::10', 'fe80::1', '1:2:3:4:5:6:7:8'])('IPv6: %s', (text) => {
  expect(ipAddress.safeParse(text).success).toBe(true)
})

test.each([
  '',
  ':',
  '1::2::3',
  '2001:db8::g',
  '1:2:3:4:5:6:7',
  '::1%eth0',
  '::1\n',
  '[::1]',
  '192.0.2.1',
  '::ffff:192.0.2.1',
])('no IPv6: %j', (text) => {
  expect(ipv6.safeParse(text).success).toBe(false)
})

test('checked without a URL parser, which the agent has not', () => {
  const { URL } = globalThis
  try {
    globalThis.URL = undefined as never
    expect(ipv6.safeParse('2001:db8::10').success).toBe(true)
  } finally {
    globalThis.URL = URL
  }
})
