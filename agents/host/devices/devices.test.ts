import { expect, test } from 'vitest'
import { Problem } from '../../../lib/contract/problem.ts'
import type { VeDevice } from '../../../lib/contract/ve-devices.ts'
import type { VeSpec } from '../../../lib/contract/ve-spec.ts'
import { withRevert } from '../revert.ts'
import type { Sys } from '../sys/sys.ts'
import { EXAMPLE_SPEC } from '../testing/example-spec.ts'
import { type MemorySys, memorySys } from '../testing/memory-sys.ts'
import { attachDevices, convergeDevices } from './devices.ts'

const NODES: Record<string, string> = {
  '/dev/sdb': 'block special file|8|10',
  '/dev/sdb1': 'block special file|8|11',
  '/dev/disk/by-id/data': 'block special file|8|11',
  '/dev/ttyS0': 'character special file|4|40',
  '/dev/ttyS1': 'character special file|4|41',
  '/dev/mem': 'character special file|1|1',
  '/dev/null': 'character special file|1|3',
  '/dev/uinput': 'character special file|a|df',
  '/dev/cpu/1/msr': 'character special file|ca|1',
  '/dev/sg0': 'character special file|15|0',
  '/dev/sg1': 'character special file|15|1',
  '/dev/nvme0': 'character special file|f0|0',
  '/dev/tty3': 'character special file|4|3',
  '/dev/kvm': 'character special file|a|e8',
  '/dev/file': 'regular file|0|0',
}
const LINKS: Record<string, string> = {
  '/sys/dev/block/8:16': '../../devices/x/block/sdb',
  '/sys/dev/block/8:17': '../../devices/x/block/sdb/sdb1',
  '/sys/dev/char/4:64': '../../devices/x/tty/ttyS0',
  '/sys/dev/char/4:65': '../../devices/x/tty/ttyS1',
  '/sys/dev/char/21:0': '../../devices/x/scsi_generic/sg0',
  '/sys/dev/char/21:1': '../../devices/x/scsi_generic/sg1',
  '/sys/dev/char/240:0': '../../devices/x/nvme/nvme0',
  '/sys/dev/char/4:3': '../../devices/virtual/tty/tty3',
  '/sys/dev/char/10:232': '../../devices/virtual/misc/kvm',
}
const HOST = {
  '/proc/sys/kernel/arch': 'x86_64\n',
  '/sys/class/block/sdb/dev': '8:16\n',
  '/sys/class/block/sdb/sdb1/partition': '1\n',
  '/sys/class/block/sdb1/dev': '8:17\n',
  '/sys/class/tty/ttyS0/dev': '4:64\n',
  '/sys/class/tty/ttyS1/dev': '4:65\n',
  '/sys/class/tty/console/active': 'tty0 ttyS0\n',
  '/sys/class/scsi_generic/sg0/device/block/sdb/dev': '8:16\n',
  '/sys/class/scsi_generic/sg1/device/type': '1\n',
  '/sys/class/nvme/nvme0/dev': '240:0\n',
  '/sys/fs/cgroup/devices/corral/ve101/devices.list': '',
}

type Host = MemorySys & { writes: [string, string][]; held: Set<string> }

const DEVICES = '/run/corral/ve/101/host/dev'

/**
 * A host on which mknod makes nodes, and what is written into control files is kept in order. Nodes in `held` stay on their file
 * system when they are removed.
 */
function host(files: Record<string, string> = {}): Host {
  const nodes = new Map(Object.entries(NODES))
  const held = new Set<string>()
  const orphans = new Set<string>()
  const namesBelow = (path: string): number =>
    sys.list(path).reduce((sum, name) => sum + 1 + namesBelow(`${path}/${name}`), 0)
  const inodes = () => 1 + namesBelow(DEVICES) + orphans.size
  const sys = memorySys({ ...HOST, ...files }, (argv) => {
    if (argv[1] === '--file-system') return { stdout: `1000 ${1000 - inodes()}\n` }
    if (argv[0] === 'stat')
      return { stdout: nodes.get(argv[4] ?? '') ?? '', code: nodes.has(argv[4] ?? '') ? 0 : 1 }
    if (argv[0] === 'mknod') {
      const [path = '', type, major, minor] = argv.slice(3)
      const hex = (number?: string) => Number(number).toString(16)
      nodes.set(path, `${type === 'b' ? 'block' : 'character'} special file|${hex(major)}|${hex(minor)}`)
      sys.files.set(path, '')
    }
    return undefined
  })
  const writes: [string, string][] = []
  const { write, remove } = sys
  const more: Partial<Sys> = {
    readlink: (path) => LINKS[path] ?? null,
    write: (path, text) => {
      writes.push([path.slice(path.lastIndexOf('/') + 1), text])
      write(path, text)
    },
    remove: (path) => {
      if (nodes.delete(path) && held.has(path)) orphans.add(path)
      return remove(path)
    },
  }
  return Object.assign(sys, more, { writes, held })
}

const spec = (devices: VeDevice[], veid = 101): VeSpec => ({ ...EXAMPLE_SPEC, veid, devices })
const partition: VeDevice = { path: '/dev/disk/by-id/data', access: 'r' }
const NODE = `${DEVICES}/disk/by-id/data`

function refused(sys: Sys, path: string): string {
  try {
    attachDevices(sys, spec([{ path, access: 'rw' }]), 7)
  } catch (error) {
    return error instanceof Problem ? `${error.code}: ${error.detail}` : String(error)
  }
  return 'granted'
}

test('a grant makes a node by the device’s numbers, for the VE’s root, and allows it', () => {
  const sys = host()
  attachDevices(sys, spec([partition]), 7)
  const argvs = sys.runs.map(({ argv }) => argv.join(' '))
  expect(argvs).toContain(`mknod -m 660 ${NODE} b 8 17`)
  expect(argvs).toContain(`chown 1048576:1048576 ${NODE}`)
  expect(sys.writes).toEqual([['devices.allow', 'b 8:17 r']])
  expect(argvs.some((each) => /perl [\s\S]* 7 308 165 166 \/dev\/\S+ \/dev\/\S+$/.test(each))).toBe(true)
})

test('nothing is entered of a VE whose root is the host’s', () => {
  const sys = host()
  attachDevices(sys, { ...spec([partition]), namespaces: ['network'] }, 7)
  expect(sys.runs.some(({ argv }) => argv.includes('308') || argv[0] === 'chown')).toBe(false)
})

test('a revoke denies before it removes, by the numbers of the grant, whatever the name means by then', () => {
  const sys = host()
  attachDevices(sys, spec([partition]), 7)
  sys.writes.length = 0
  withRevert((revert) => convergeDevices(sys, spec([partition]), spec([]), 7, revert))
  expect(sys.writes).toEqual([['devices.deny', 'b 8:17 rwm']])
  expect(sys.files.has(NODE)).toBe(false)
})

test('other access takes the old one away first', () => {
  const sys = host()
  attachDevices(sys, spec([partition]), 7)
  sys.writes.length = 0
  const wider = spec([{ ...partition, access: 'rw' }])
  withRevert((revert) => convergeDevices(sys, spec([partition]), wider, 7, revert))
  expect(sys.writes).toEqual([
    ['devices.deny', 'b 8:17 rwm'],
    ['devices.allow', 'b 8:17 rw'],
  ])
})

test('a change that fails later is taken back', () => {
  const sys = host()
  const change = () =>
    withRevert((revert) => {
      convergeDevices(sys, spec([]), spec([partition]), 7, revert)
      throw new Problem('command-failed', 'later')
    })
  expect(change).toThrow('later')
  expect(sys.files.has(NODE)).toBe(false)
  expect(sys.writes.at(-1)).toEqual(['devices.deny', 'b 8:17 rwm'])
})

/** What a change to `devices` ends with; "done" when it does not fail. */
function converge(sys: Sys, from: VeDevice[], to: VeDevice[]): string {
  try {
    withRevert((revert) => convergeDevices(sys, spec(from), spec(to), 7, revert))
    return 'done'
  } catch (error) {
    return error instanceof Problem ? `${error.code}: ${error.detail}` : String(error)
  }
}

test('one that is held beyond reach stays granted, and nothing else changes', () => {
  const sys = host()
  const serial: VeDevice = { path: '/dev/ttyS1', access: 'r' }
  attachDevices(sys, spec([partition, serial]), 7)
  sys.held.add(NODE)
  const said = converge(
    sys,
    [partition, serial],
    [
      { ...serial, access: 'rw' },
      { path: '/dev/kvm', access: 'rw' },
    ],
  )
  expect(said).toMatch(
    /^ve-state-forbids: VE 101 keeps \/dev\/disk\/by-id\/data open.*Stop or restart the VE/,
  )
  expect(said).not.toContain('Not undone')
  expect([NODE, `${DEVICES}/ttyS1`, `${DEVICES}/kvm`].map((path) => sys.files.has(path))).toEqual([
    true,
    true,
    false,
  ])
  expect(sys.writes.slice(-4)).toEqual([
    ['devices.deny', 'b 8:17 rwm'],
    ['devices.deny', 'c 4:65 rwm'],
    ['devices.allow', 'b 8:17 r'],
    ['devices.allow', 'c 4:65 r'],
  ])
  expect(sys.runs.some(({ argv }) => argv.join(' ').includes('unlink $path'))).toBe(false)
})

test('a node that an agent removed which was killed before it knew whether anybody holds it is refused as well', () => {
  const sys = host()
  attachDevices(sys, spec([partition]), 7)
  sys.held.add(NODE)
  sys.remove(NODE)
  expect(converge(sys, [partition], [])).toContain('ve-state-forbids')
})

test('one that may be written no more is taken away first, and given anew', () => {
  const sys = host()
  const both = { ...partition, access: 'rw' }
  attachDevices(sys, spec([both]), 7)
  sys.writes.length = 0
  sys.runs.length = 0
  expect(converge(sys, [both], [partition])).toBe('done')
  expect(sys.writes).toEqual([
    ['devices.deny', 'b 8:17 rwm'],
    ['devices.allow', 'b 8:17 r'],
  ])
  expect(sys.runs.filter(({ argv }) => argv[0] === 'mknod')).toHaveLength(1)
  sys.held.add(NODE)
  expect(converge(sys, [{ ...partition, access: 'rw' }], [partition])).toContain('ve-state-forbids')
})

test('what a killed agent granted is taken away with the next change', () => {
  const sys = host()
  attachDevices(sys, spec([partition]), 7)
  expect(converge(sys, [], [{ path: '/dev/kvm', access: 'rw' }])).toBe('done')
  expect(sys.files.has(NODE)).toBe(false)
  expect(sys.writes).toContainEqual(['devices.deny', 'b 8:17 rwm'])
})

test('a terminal is hung up: it may be open under another name', () => {
  const sys = host()
  const serial: VeDevice = { path: '/dev/ttyS1', access: 'rw' }
  attachDevices(sys, spec([serial, partition]), 7)
  converge(sys, [serial, partition], [])
  const hungUp = sys.runs.filter(({ argv }) => argv.join(' ').includes('0x5437'))
  expect(hungUp.map(({ argv }) => argv.at(-1))).toEqual([`${DEVICES}/ttyS1`])
})

test('cgroup v2: crun gets the whole list', () => {
  const sys = host({ '/sys/fs/cgroup/cgroup.controllers': 'cpu\n' })
  attachDevices(sys, spec([partition]), 7)
  const update = sys.runs.find(({ argv }) => argv.includes('update'))
  expect(update?.argv.slice(0, 3)).toEqual(['crun', '--cgroup-manager=cgroupfs', 'update'])
  expect(JSON.parse(sys.writes[0]?.[1] ?? '')).toEqual({
    devices: [
      { allow: false, access: 'rwm' },
      { allow: true, type: 'b', major: 8, minor: 17, access: 'r' },
    ],
  })
  expect(sys.files.has('/run/corral/ve101.devices.json')).toBe(false)
})

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
