import { expect, test } from 'vitest'
import { Problem } from '../../../lib/contract/problem.ts'
import type { VeDevice } from '../../../lib/contract/ve-devices.ts'
import { withRevert } from '../revert.ts'
import type { Sys } from '../sys/sys.ts'
import { DEVICES, deviceHost as host, NODE, partition, deviceSpec as spec } from '../testing/device-host.ts'
import { attachDevices, convergeDevices } from './devices.ts'

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
