import { expect, test } from 'vitest'
import { type Link, linkUse } from './network-device-use.ts'

const FREE = { isBridge: false, uppers: [], routes: [] }
const link = (more: Partial<Link> = {}): Link => ({ ifindex: 3, ifname: 'enp3s0', ...more })

test('one that nothing holds is free, whatever address it gave itself', () => {
  expect(linkUse(link(), FREE)).toBeNull()
  expect(linkUse(link({ addr_info: [{ local: 'fe80::1', scope: 'link' }] }), FREE)).toBeNull()
})

test('everything that holds one is named', () => {
  expect(linkUse(link({ addr_info: [{ local: '192.0.2.1', scope: 'global' }] }), FREE)).toBe(
    'has the address 192.0.2.1',
  )
  expect(linkUse(link({ master: 'br0' }), FREE)).toBe('part of br0')
  expect(linkUse(link(), { ...FREE, uppers: ['enp3s0.5'] })).toBe('below enp3s0.5')
  expect(linkUse(link(), { ...FREE, routes: ['enp3s0'] })).toBe('routes lead through it')
  expect(linkUse(link(), { ...FREE, isBridge: true })).toBe('a bridge')
  expect(linkUse(link({ ifname: 've101.0' }), FREE)).toBe('the interface of a VE')
  expect(linkUse(link({ ifname: 'ib101.0' }), FREE)).toBe('the interface of a VE')
  expect(linkUse(link({ ifname: 'lo', link_type: 'loopback' }), FREE)).toBe('the host’s loopback')
})
