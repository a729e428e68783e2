import { expect, test } from 'vitest'
import { parseMountedOn } from './mounted-on.ts'
import { isMountPoint } from './mounts.ts'
import { nodeSys } from './node.ts'

test('the mount by its id, the device by both of its numbers', () => {
  const fdinfo = 'pos:\t0\nflags:\t012000000\nmnt_id:\t29\nino:\t1\n'
  expect(parseMountedOn(fdinfo, 0x0803)).toEqual({ id: 29, device: '8:3' })
  // 259:70001, as the kernel packs it.
  expect(parseMountedOn(fdinfo, (259 << 8) | (70001 & 0xff) | ((70001 & 0xfff00) << 12))).toEqual({
    id: 29,
    device: '259:70001',
  })
  expect(parseMountedOn('pos:\t0\n', 1)).toBeNull()
})

test('on a real kernel', () => {
  const sys = nodeSys()
  expect(isMountPoint(sys, '/')).toBe(true)
  expect(isMountPoint(sys, '/proc')).toBe(true)
  expect(isMountPoint(sys, '/proc/self')).toBe(false)
  expect(isMountPoint(sys, '/there/is/nothing')).toBe(false)
  expect(sys.mountOf('/proc/self')).toEqual(sys.mountOf('/proc/uptime'))
})
