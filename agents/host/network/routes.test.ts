import { expect, test } from 'vitest'
import { parseIpv4Routes, parseIpv6Routes, uplinksFor } from './routes.ts'

/** Recorded on a Debian host with two links and a VE. */
const IPV4 = `Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
eth0	00000000	01024D0A	0003	0	0	0	00000000	0	0	0
eth0	00024D0A	00000000	0001	0	0	0	00FFFFFF	0	0	0
eth1	0000000A	00000000	0001	0	0	0	000000FF	0	0	0
ve101.0	65024D0A	00000000	0005	0	0	0	FFFFFFFF	0	0	0
`
const IPV6 = `20010db8000000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 00000001     eth0
fe800000000000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 00000001     eth0
00000000000000000000000000000000 00 00000000000000000000000000000000 00 fe800000000000000000000000000001 00000400 00000003 00000000 00000003     eth0
00000000000000000000000000000000 00 00000000000000000000000000000000 00 00000000000000000000000000000000 ffffffff 00000001 00000000 00200200       lo
`

test('what every interface has to its own link is left out', () => {
  expect(parseIpv6Routes(IPV6).map(({ prefix }) => prefix)).toEqual([64, 0])
})

const ROUTES = [...parseIpv4Routes(IPV4), ...parseIpv6Routes(IPV6)]

test('an address on the link of an interface is asked for there', () => {
  expect(uplinksFor(ROUTES, '10.77.2.101')).toEqual(['eth0'])
})

test('the longest connected route wins', () => {
  expect(uplinksFor(ROUTES, '10.9.9.9')).toEqual(['eth1'])
})

test('an address on no link is asked for where the default route leads', () => {
  expect(uplinksFor(ROUTES, '203.0.113.7')).toEqual(['eth0'])
  expect(uplinksFor(ROUTES, '2a00::1')).toEqual(['eth0'])
})

test('IPv6 on a link', () => {
  expect(uplinksFor(ROUTES, '2001:db8::10')).toEqual(['eth0'])
})

test('without any route there is no uplink', () => {
  expect(uplinksFor([], '10.0.0.1')).toEqual([])
})

test('big-endian machines print addresses the other way round', () => {
  const text = `header\neth0\t0A4D0200\t00000000\t0001\t0\t0\t0\tFFFFFF00\t0\t0\t0\n`
  expect(uplinksFor(parseIpv4Routes(text, true), '10.77.2.9')).toEqual(['eth0'])
})
