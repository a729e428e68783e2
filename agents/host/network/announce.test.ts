import { expect, test } from 'vitest'
import { EXAMPLE_SPEC } from '../testing/example-spec.ts'
import { memorySys } from '../testing/memory-sys.ts'
import { announcement, startAnnouncing } from './announce.ts'
import { checksum } from './frames.ts'

test('IPv4: a question for its own address, to all', () => {
  expect(announcement('192.0.2.10', '02:00:00:00:00:01', null)).toEqual([
    'ffffffffffff020000000001080600010800060400010200000000' + '01c000020a000000000000c000020a',
  ])
})

test('IPv6: an advertisement nobody asked for, with a checksum that holds', () => {
  const [frame = ''] = announcement('2001:db8::10', '02:00:00:00:00:01', 'fe80::1')
  expect(frame).toBe(
    '33330000000102000000000186dd6000000000203aff' +
      'fe800000000000000000000000000001' +
      'ff020000000000000000000000000001' +
      '8800285420000000' +
      '20010db8000000000000000000000010' +
      '0201020000000001',
  )
  const [addresses, message] = [frame.slice(44, 108), frame.slice(108)]
  expect(checksum(`${addresses}000000200000003a${message}`)).toBe('0000')
})

test('routed addresses are announced by the cards that the host answers for them on', () => {
  const sys = memorySys({
    '/proc/sys/kernel/arch': 'x86_64\n',
    '/proc/net/route': `header\nup0\t00000000\t0100000A\t0003\t0\t0\t0\t00000000\t0\t0\t0\ntun0\t00000000\t0100000A\t0003\t0\t0\t0\t00000000\t0\t0\t0\n`,
    '/proc/net/if_inet6': 'fe800000000000000000000000000009 02 40 20 80     up0\n',
    '/sys/class/net/up0/address': '02:00:00:00:00:09\n',
    '/sys/class/net/up0/type': '1\n',
    '/sys/class/net/tun0/address': '\n',
    '/sys/class/net/tun0/type': '65534\n',
  })
  startAnnouncing(sys, EXAMPLE_SPEC, 77)
  expect(sys.runs.map(({ argv }) => argv[0])).toEqual(['perl'])
  const lines = sys.runs[0]?.stdin?.trim().split('\n') ?? []
  expect(lines).toEqual(announcement('192.0.2.10', '02:00:00:00:00:09', null).map((frame) => `up0 ${frame}`))
})
