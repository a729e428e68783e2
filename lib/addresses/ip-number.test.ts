import { expect, test } from 'vitest'
import { ipNumber, isInNetwork, networksAround, poolTotal } from './ip-number.ts'

test('an address is the number that its bits spell', () => {
  expect(ipNumber('192.0.2.1')).toBe(0xc0000201n)
  expect(ipNumber('::')).toBe(0n)
  expect(ipNumber('::1')).toBe(1n)
  expect(ipNumber('2001:db8::')).toBe(0x20010db8n << 96n)
  expect(ipNumber('2001:db8:0:0:0:0:0:ff')).toBe((0x20010db8n << 96n) + 255n)
  expect(ipNumber('2001:DB8::1:2')).toBe((0x20010db8n << 96n) + 0x10002n)
  expect(ipNumber('::ffff:192.0.2.1')).toBe(0xffffc0000201n)
})

test('a network holds its own addresses, of its family', () => {
  expect(isInNetwork('192.0.2.255', '192.0.2.0/24')).toBe(true)
  expect(isInNetwork('192.0.3.0', '192.0.2.0/24')).toBe(false)
  expect(isInNetwork('203.0.113.1', '0.0.0.0/0')).toBe(true)
  expect(isInNetwork('192.0.2.1', '192.0.2.1/32')).toBe(true)
  expect(isInNetwork('2001:db8:1::5', '2001:db8:1::/64')).toBe(true)
  expect(isInNetwork('2001:db8:1:1::5', '2001:db8:1::/64')).toBe(false)
  expect(isInNetwork('192.0.2.1', '::/0')).toBe(false)
})

test('a pool is counted in what it gives out', () => {
  const plain = { delegates: null }
  expect(poolTotal({ ...plain, first: '192.0.2.10', last: '192.0.2.19' })).toBe(10)
  expect(poolTotal({ ...plain, first: '2001:db8::1', last: '2001:db8::ffff:ffff:ffff' })).toBe(2 ** 48 - 1)
  expect(poolTotal({ ...plain, first: '2001:db8::1', last: '2001:db8::ffff:ffff:ffff:ffff' })).toBeNull()
  expect(poolTotal({ first: '2001:db8:1::', last: '2001:db8:1:ffff::', delegates: 64 })).toBe(65_536)
  expect(poolTotal({ first: '2001:db8:1::', last: '2001:db8:1::', delegates: 64 })).toBe(1)
})

test('the networks that may have been given out around an address', () => {
  const around = networksAround('2001:db8:1:2:3::5')
  expect(around).toHaveLength(85)
  expect(around).toContain('2001:0db8:0001:0002:0000:0000:0000:0000/64')
  expect(around).toContain('2001:0db8:0001:0000:0000:0000:0000:0000/48')
  expect(networksAround('192.0.2.1')).toEqual([])
  expect(networksAround('2001:db8::/64')).toEqual([])
})
