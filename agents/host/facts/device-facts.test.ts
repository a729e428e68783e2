import { expect, test } from 'vitest'
import { EXAMPLE_SPEC } from '../testing/example-spec.ts'
import { memorySys } from '../testing/memory-sys.ts'
import { deviceFacts, networkFacts } from './device-facts.ts'

const LINKS = [
  { ifindex: 1, ifname: 'lo', link_type: 'loopback' },
  {
    ifindex: 2,
    ifname: 'eth0',
    address: '52:54:00:00:00:01',
    addr_info: [{ local: '192.0.2.1', scope: 'global' }],
  },
  { ifindex: 3, ifname: 'eth1', address: '52:54:00:00:00:02' },
  { ifindex: 4, ifname: 'br0', address: '52:54:00:00:00:03' },
  { ifindex: 5, ifname: 've101.0', address: '52:54:00:00:00:04' },
]
const HOST = {
  '/usr/sbin/ip': '',
  '/sys/class/block/sda/dev': '8:0\n',
  '/sys/class/block/sda/size': '2048\n',
  '/dev/sda': '',
  '/sys/class/block/sdb/dev': '8:16\n',
  '/sys/class/block/sdb/size': '4096\n',
  '/dev/sdb': '',
  '/sys/class/block/loop0/size': '4096\n',
  '/dev/loop0': '',
  '/sys/class/block/sr0/size': '4096\n',
  '/sys/class/block/dm-0/dev': '253:0\n',
  '/sys/class/block/dm-0/size': '8\n',
  '/sys/class/block/dm-0/dm/name': 'vg-data\n',
  '/dev/dm-0': '',
  '/dev/disk/by-id/wwn-0x5000': '',
  '/dev/disk/by-id/ata-DISK_1': '',
  '/proc/self/mountinfo': '30 1 8:0 / / rw - ext4 /dev/sda rw\n',
  '/sys/class/tty/ttyS0/type': '4\n',
  '/dev/ttyS0': '',
  '/sys/class/tty/ttyS1/type': '0\n',
  '/dev/ttyS1': '',
  '/sys/class/tty/ttyUSB0/dev': '188:0\n',
  '/dev/ttyUSB0': '',
  '/sys/class/tty/console/active': 'ttyS0\n',
  '/sys/class/net/br0/bridge/x': '',
  '/vz/ve/102/spec.json': JSON.stringify({
    ...EXAMPLE_SPEC,
    devices: [{ path: '/dev/mapper/vg-data', access: 'rw' }],
    networkDevices: [{ device: 'eth7', ifname: 'lan0' }],
  }),
}
const sys = {
  ...memorySys(HOST, (argv) => (argv[0] === 'ip' ? { stdout: JSON.stringify(LINKS) } : undefined)),
  readlink: (path: string) => (path.startsWith('/dev/disk/by-id/') ? '../../sdb' : null),
}

test('disks by names that stay, serial ports that are there, and what holds each', () => {
  expect(deviceFacts(sys)).toEqual([
    { path: '/dev/mapper/vg-data', type: 'block', sizeBytes: 4096, usedFor: 'granted to VE 102' },
    { path: '/dev/sda', type: 'block', sizeBytes: 1_048_576, usedFor: 'mounted on /' },
    { path: '/dev/disk/by-id/ata-DISK_1', type: 'block', sizeBytes: 2_097_152, usedFor: null },
    { path: '/dev/ttyS0', type: 'char', sizeBytes: null, usedFor: 'the console of the host' },
    { path: '/dev/ttyUSB0', type: 'char', sizeBytes: null, usedFor: null },
  ])
})

test('bridges, and network devices with what holds each, those that are away included', () => {
  expect(networkFacts(sys)).toEqual({
    bridges: ['br0'],
    networkDevices: [
      { name: 'eth0', mac: '52:54:00:00:00:01', usedFor: 'has the address 192.0.2.1' },
      { name: 'eth1', mac: '52:54:00:00:00:02', usedFor: null },
      { name: 'eth7', mac: '', usedFor: 'granted to VE 102' },
    ],
  })
})

test('a host without ip(8) tells nothing of its network', () => {
  const { '/usr/sbin/ip': _, ...without } = HOST
  expect(networkFacts(memorySys(without)).bridges).toEqual([])
})
