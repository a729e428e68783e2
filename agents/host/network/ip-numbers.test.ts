import { expect, test } from 'vitest'
import { ipv6Number, ipv6Text, networkAround, overlap, parseNetwork } from './ip-numbers.ts'

test('IPv6 text in all its forms', () => {
  expect(ipv6Number('::')).toBe(0n)
  expect(ipv6Number('::1')).toBe(1n)
  expect(ipv6Number('2001:db8::10')).toBe(0x20010db8000000000000000000000010n)
  expect(ipv6Number('1:2:3:4:5:6:7:8')).toBe(0x00010002000300040005000600070008n)
  expect(ipv6Number('::ffff:192.0.2.1')).toBe(0xffffc0000201n)
})

test('canonical IPv6 text', () => {
  const texts = ['::', '::1', '2001:db8::10', 'fe80::1:2:3', '1:2:3:4:5:6:7:8', '1:0:3:4::', '1::4:0:0:0']
  for (const text of texts) {
    const canonical = ipv6Text(ipv6Number(text))
    expect(ipv6Number(canonical)).toBe(ipv6Number(text))
  }
  expect(ipv6Text(ipv6Number('2001:0DB8:0:0:0:0:0:10'))).toBe('2001:db8::10')
  expect(ipv6Text(ipv6Number('1:0:3:4:0:0:0:0'))).toBe('1:0:3:4::')
  expect(ipv6Text(ipv6Number('0:0:3:4:5:6:7:8'))).toBe('::3:4:5:6:7:8')
  expect(ipv6Text(0n)).toBe('::')
})

test('networks share addresses or not', () => {
  const shares = (a: string, b: string) => overlap(parseNetwork(a), parseNetwork(b))
  expect(shares('192.0.2.0/24', '192.0.2.7')).toBe(true)
  expect(shares('192.0.2.0/25', '192.0.2.200')).toBe(false)
  expect(shares('2001:db8:1::5/64', '2001:db8:1::/48')).toBe(true)
  expect(shares('2001:db8:1::/64', '2001:db8:2::/64')).toBe(false)
  expect(shares('0.0.0.0/0', '::/0')).toBe(false)
})

test('the smallest network around an address', () => {
  const networks = ['10.0.0.0/8', '10.1.0.0/16', '2001:db8::/32']
  expect(networkAround('10.1.2.3', networks)?.length).toBe(16)
  expect(networkAround('2001:db8::5', networks)?.length).toBe(32)
  expect(networkAround('192.0.2.1', networks)).toBeNull()
})
