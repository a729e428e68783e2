import { expect, test } from 'vitest'
import { countInRanges, cpuModel, fileSystemOf, meminfoBytes, pageBytes, parseOsRelease } from './parse.ts'
import { parseDpkgVersions } from './tools.ts'

test('meminfo', () => {
  const text = 'MemTotal:       24684084 kB\nMemFree:        22 kB\nSwapTotal:             0 kB\n'
  expect(meminfoBytes(text, 'MemTotal')).toBe(24_684_084 * 1024)
  expect(meminfoBytes(text, 'SwapTotal')).toBe(0)
  expect(meminfoBytes(text, 'Nothing')).toBe(0)
})

test('os-release: quoted, bare, missing', () => {
  const debian = 'PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\nID=debian\nVERSION_ID="13"\n'
  expect(parseOsRelease(debian)).toEqual({
    id: 'debian',
    version: '13',
    name: 'Debian GNU/Linux 13 (trixie)',
  })
  expect(parseOsRelease("ID='alpine'\n")).toEqual({ id: 'alpine', version: '', name: 'alpine' })
})

test('CPU lists', () => {
  expect(countInRanges('0-1\n')).toBe(2)
  expect(countInRanges('0\n')).toBe(1)
  expect(countInRanges('0-3,8,10-11')).toBe(7)
  expect(countInRanges('')).toBe(0)
})

test('CPU models of three architectures', () => {
  expect(cpuModel('processor\t: 0\nmodel name\t: Intel(R) Xeon(R) Processor\n')).toBe(
    'Intel(R) Xeon(R) Processor',
  )
  expect(cpuModel('processor\t: 0\ncpu\t\t: POWER9 (architected), altivec supported\n')).toMatch(/^POWER9/)
  expect(cpuModel('')).toBe('unknown')
})

test('pages of 4 and of 64 KiB', () => {
  expect(pageBytes('Size:   4 kB\nKernelPageSize:        4 kB\n')).toBe(4096)
  expect(pageBytes('KernelPageSize:       64 kB\n')).toBe(65_536)
})

test('the file system of a path is that of the longest mount point, the last one there', () => {
  const text = `54 45 0:42 / / rw shared:24 - overlay ovl rw
82 54 7:0 / /vz rw shared:43 - xfs /dev/loop0 rw
83 54 7:1 / /vzother rw shared:44 - ext4 /dev/loop1 rw
`
  expect(fileSystemOf(text, '/vz')).toBe('xfs')
  expect(fileSystemOf(text, '/vz/ve')).toBe('xfs')
  expect(fileSystemOf(text, '/var')).toBe('overlay')
  expect(fileSystemOf(`${text}90 82 7:2 / /vz rw - btrfs /dev/loop2 rw\n`, '/vz')).toBe('btrfs')
})

test('versions of packages that are installed, not of those only known', () => {
  const text = 'crun installed 1.28-1\ncriu not-installed \nip config-files 7.2\n'
  expect(parseDpkgVersions(text)).toEqual({ crun: '1.28-1' })
})
