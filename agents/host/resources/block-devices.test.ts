import { expect, test } from 'vitest'
import { memorySys } from '../testing/memory-sys.ts'
import { diskAt } from './block-devices.ts'

const MOUNTS = `20 1 8:17 / /vz rw - xfs /dev/sdb1 rw
21 1 0:40 / /data rw - btrfs /dev/mapper/data rw
22 20 7:3 / /run/corral/ve/101/root rw - ext4 /dev/loop3 rw
23 1 0:50 / /run rw - tmpfs tmpfs rw
24 20 7:9 / /run/corral/ve/101/root rw - ext4 /dev/loop9 rw
`
const FILES = {
  '/proc/self/mountinfo': MOUNTS,
  '/sys/dev/block/8:17/partition': '1\n',
  '/sys/dev/block/8:17/../dev': '8:16\n',
  '/sys/class/block/dm-1/dev': '254:1\n',
}

test('the disk of what is mounted last, whole where it is a part, and by its source where one file system has several', () => {
  const sys = memorySys(FILES)
  sys.readlink = (path) => (path === '/dev/mapper/data' ? '../dm-1' : null)
  expect(diskAt(sys, '/run/corral/ve/101/root')).toBe('7:9')
  expect(diskAt(sys, '/vz')).toBe('8:16')
  expect(diskAt(sys, '/data')).toBe('254:1')
  expect([diskAt(sys, '/run'), diskAt(sys, '/nothing')]).toEqual([null, null])
})
