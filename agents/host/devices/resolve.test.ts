import { expect, test } from 'vitest'
import { Problem } from '../../../lib/contract/problem.ts'
import type { Sys } from '../sys/sys.ts'
import { deviceHost as host, partition, deviceSpec as spec } from '../testing/device-host.ts'
import { attachDevices } from './devices.ts'

function refused(sys: Sys, path: string): string {
  try {
    attachDevices(sys, spec([{ path, access: 'rw' }]), 7)
  } catch (error) {
    return error instanceof Problem ? `${error.code}: ${error.detail}` : String(error)
  }
  return 'granted'
}

test.each([
  ['mounted', { '/proc/self/mountinfo': '30 1 8:17 / /srv rw - ext4 /dev/sdb1 rw\n' }, 'mounted on /srv'],
  [
    'mounted as btrfs',
    { '/proc/self/mountinfo': '30 1 0:45 / /srv rw - btrfs /dev/sdb1 rw\n' },
    'mounted on /srv',
  ],
  ['swap', { '/proc/swaps': 'Filename Type\n/dev/sdb1 partition 1 0\n' }, 'swap of the host'],
  ['part of LVM or RAID', { '/sys/class/block/sdb1/holders/dm-0/x': '' }, 'part of dm-0'],
])('one that is %s is refused, and so is its disk', (_, files, use) => {
  expect(refused(host(files), '/dev/sdb1')).toBe(`device-in-use: /dev/sdb1 is in use: ${use}.`)
  expect(refused(host(files), '/dev/sdb')).toBe(`device-in-use: /dev/sdb is in use: sdb1 is ${use}.`)
})

test('one that the kernel says is busy is refused, though nothing that is seen holds it', () => {
  const sys = host()
  const { run } = sys
  sys.run = (argv, options) =>
    argv[0] === 'perl' && argv.at(-1) === '/dev/sdb'
      ? { code: 16, stdout: '', stderr: '' }
      : run(argv, options)
  expect(refused(sys, '/dev/sdb')).toBe(
    'device-in-use: /dev/sdb is in use: the kernel holds it, or a part of it.',
  )
  expect(refused(sys, '/dev/sdb1')).toBe('granted')
})

test('what another VE has is refused, under any name, and a disk of which it has a part', () => {
  const theirs = { '/vz/ve/102/spec.json': JSON.stringify(spec([partition], 102)) }
  expect(refused(host(theirs), '/dev/sdb1')).toContain('granted to VE 102')
  expect(refused(host(theirs), '/dev/sdb')).toContain('granted to VE 102')
  expect(refused(host(theirs), '/dev/ttyS1')).toBe('granted')
  const serial = { '/vz/ve/102/spec.json': JSON.stringify(spec([{ path: '/dev/ttyS1', access: 'rw' }], 102)) }
  expect(refused(host(serial), '/dev/ttyS1')).toContain('granted to VE 102')
  const shared = { '/vz/ve/102/spec.json': JSON.stringify(spec([{ path: '/dev/kvm', access: 'rw' }], 102)) }
  expect(refused(host(shared), '/dev/kvm')).toBe('granted')
})

test('what is no device, not there, everybody’s or the host itself is refused with the reason', () => {
  expect(refused(host(), '/dev/nothing')).toBe('invalid-input: There is no /dev/nothing on this host.')
  expect(refused(host(), '/dev/file')).toBe('invalid-input: /dev/file is no device.')
  expect(refused(host(), '/dev/null')).toContain('comes with a VE')
  for (const path of ['/dev/mem', '/dev/uinput', '/dev/cpu/1/msr']) {
    expect(refused(host(), path)).toContain('would open the whole host')
  }
  for (const path of ['/dev/sg0', '/dev/nvme0']) expect(refused(host(), path)).toContain('past the host')
  expect(refused(host(), '/dev/sg1')).toBe('granted')
  expect(refused(host(), '/dev/tty3')).toContain('a screen of the host')
  expect(refused(host(), '/dev/ttyS0')).toContain('the console of the host')
})
