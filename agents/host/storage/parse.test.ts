import { expect, test } from 'vitest'
import { DEFAULT_LIMITS } from '../../../lib/contract/ve-limits.ts'
import { refuseBelowUse } from './demand.ts'
import { parseFileSystems } from './image-use.ts'
import { parseReport, projectLimits } from './quota-tools.ts'
import { parseQgroups } from './subvolume.ts'
import { parseSuperblock } from './superblock.ts'

const MIB = 1024 * 1024

test('a report of several file systems: by device and project, graces as times', () => {
  const report = `*** Report for project quotas on device /dev/loop3
Block grace time: 7days; Inode grace time: 7days
                        Block limits                File limits
Project         used    soft    hard  grace    used  soft  hard  grace
----------------------------------------------------------------------
#0        +-     300     200    1000 1700000000      12     0     0     0

*** Report for project quotas on device /dev/vdb
Block grace time: 7days; Inode grace time: 7days
                        Block limits                File limits
Project         used    soft    hard  grace    used  soft  hard  grace
----------------------------------------------------------------------
#0        --       0       0       0      0       4     0     0     0
#2000000101 -+  180224       0  524288      0    7000  6000  9000 1700000009
`
  const devices = parseReport(report)
  expect([...devices.keys()]).toEqual(['/dev/loop3', '/dev/vdb'])
  expect(devices.get('/dev/loop3')?.get(0)).toEqual({
    ...{ usedBytes: 300 * 1024, usedInodes: 12 },
    ...{ bytesGraceEndsAt: 1_700_000_000_000, inodesGraceEndsAt: null },
  })
  expect(devices.get('/dev/vdb')?.get(2_000_000_101)).toEqual({
    ...{ usedBytes: 176 * MIB, usedInodes: 7000 },
    ...{ bytesGraceEndsAt: null, inodesGraceEndsAt: 1_700_000_009_000 },
  })
})

test('a limit of nothing is the least that is not "none"', () => {
  const limits = { ...DEFAULT_LIMITS, diskInodes: 0, diskSoftBytes: null, diskSoftInodes: 10 }
  expect(projectLimits(limits, 4096)).toEqual({
    hardBytes: 4096,
    softBytes: 0,
    softInodes: 10,
    hardInodes: 1,
  })
})

test('file systems that are not there any more are left out', () => {
  const text = '/run/corral/ve/101/root 4096 1000 400 200 150\nstat: cannot read file system information\n'
  expect([...parseFileSystems(text)]).toEqual([
    [
      '/run/corral/ve/101/root',
      { usedBytes: 600 * 4096, totalBytes: 1000 * 4096, usedInodes: 50, totalInodes: 200 },
    ],
  ])
})

test('quota groups of subvolumes, of older and newer btrfs-progs; of higher levels none', () => {
  const older =
    'qgroupid         rfer         excl \n--------         ----         ---- \n0/257       16384       16384 \n1/100        1        1\n'
  const newer =
    'Qgroupid    Referenced    Exclusive   Path \n--------    ----------    ---------   ---- \n0/5              16384        16384   <toplevel>\n0/258        186408960        16384   ve/101/subvolume\n'
  expect([...parseQgroups(older)]).toEqual([[257, 16_384]])
  expect(parseQgroups(newer).get(258)).toBe(186_408_960)
  expect(parseQgroups(newer, 'exclusive').get(258)).toBe(16_384)
})

test('an ext4 superblock with 64-bit block counts; something else is none', () => {
  const bytes = new Uint8Array(1024)
  const view = new DataView(bytes.buffer)
  expect(parseSuperblock(bytes)).toBeNull()
  view.setUint16(0x38, 0xef53, true)
  view.setUint32(0x18, 2, true)
  view.setUint32(0x0, 100, true)
  view.setUint32(0x10, 60, true)
  view.setUint32(0x4, 10, true)
  view.setUint32(0xc, 4, true)
  view.setUint32(0x150, 1, true)
  const plain = { totalBytes: 10 * 4096, freeBytes: 4 * 4096, totalInodes: 100, freeInodes: 60, quota: false }
  expect(parseSuperblock(bytes)).toEqual(plain)
  view.setUint32(0x60, 0x80, true)
  view.setUint32(0x64, 0x2100, true)
  expect(parseSuperblock(bytes)).toEqual({ ...plain, totalBytes: (2 ** 32 + 10) * 4096, quota: true })
})

test('what is lowered below present use is refused with the numbers; what was below it before is not', () => {
  const limits = { ...DEFAULT_LIMITS, diskBytes: 1024 * MIB, diskInodes: 100 }
  const use = { usedBytes: 600 * MIB, usedInodes: 150 }
  expect(() => refuseBelowUse(limits, { ...limits, diskBytes: 500 * MIB }, use)).toThrow(
    '600 MiB are in use, more than 500 MiB.',
  )
  expect(() =>
    refuseBelowUse(limits, { ...limits, diskBytes: 700 * MIB, diskInodes: 120 }, use),
  ).not.toThrow()
  expect(() => refuseBelowUse(limits, { ...limits, diskInodes: 90 }, use)).toThrow(
    '150 inodes are in use, more than 90.',
  )
})
