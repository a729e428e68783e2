import { expect, test } from 'vitest'
import { isUntried } from '../facts/probe.ts'
import { remembered } from '../facts/remembered-probe.ts'
import { type MemorySys, memorySys } from '../testing/memory-sys.ts'
import { onTrialFileSystem, type TrialFileSystem } from './trial-file-system.ts'

const WANTED: TrialFileSystem = {
  ...{
    bytes: 1024,
    mkfs: ['mkfs.ext4', '-q'],
    type: 'ext4',
    options: ['nodev'],
    refused: 'The kernel has none',
  },
}
const MOUNTS = '/proc/self/mountinfo'
const LINE = '9 8 7:1 / /run/corral/trial rw - ext4 /dev/loop1 rw\n'

/** Where so many are mounted already, and a program fails with these words. */
function host(mounted: number, failing: Record<string, string> = {}): MemorySys {
  const sys: MemorySys = memorySys({ [MOUNTS]: LINE.repeat(mounted) }, ([program = '']) => {
    const stderr = failing[program]
    if (stderr !== undefined) return { code: 32, stderr }
    const text = sys.files.get(MOUNTS) ?? ''
    if (program === 'mount') sys.files.set(MOUNTS, text + LINE)
    if (program === 'umount') sys.files.set(MOUNTS, text.slice(LINE.length))
    return undefined
  })
  return sys
}
const left = (sys: MemorySys) =>
  [...sys.files].filter(([path, text]) => !path.startsWith('/run/corral/lock') && text !== '')

test('it is mounted while the work goes on, and gone after it', () => {
  const sys = host(0)
  const during: string[] = []
  const found = onTrialFileSystem(sys, WANTED, (at) => {
    during.push(at, sys.read(MOUNTS) ?? '')
    return 'as it is'
  })
  expect([found, ...during]).toEqual(['as it is', '/run/corral/trial', LINE])
  expect(left(sys)).toEqual([])
  expect(sys.stat('/run/corral/trial')).toBeNull()
})

test('it goes when the work fails, too', () => {
  const sys = host(0)
  const fails = () => {
    throw new Error('no')
  }
  expect(() => onTrialFileSystem(sys, WANTED, fails)).toThrow('no')
  expect(left(sys)).toEqual([])
})

test('what a killed agent left goes first', () => {
  const sys = host(2)
  expect(onTrialFileSystem(sys, WANTED, () => (sys.read(MOUNTS) === LINE ? null : 'not cleared'))).toBeNull()
  expect(left(sys)).toEqual([])
})

test('what could not be tried is not remembered; what the kernel refused is', () => {
  const ask = (sys: MemorySys) => [
    remembered(sys, 'x', () => onTrialFileSystem(sys, WANTED, () => null)),
    sys.files.has('/run/corral/probed/x'),
  ]
  expect(ask(host(0))).toEqual([null, true])
  expect(ask(host(0, { mount: 'mount: wrong fs type\n' }))).toEqual([
    'The kernel has none: mount: wrong fs type',
    true,
  ])
  const noLoop = 'mount: /run/corral/trial: failed to setup loop device for /run/corral/trial.img.'
  expect(ask(host(0, { mount: noLoop }))).toEqual([`The kernel has none: ${noLoop}`, false])
  expect(ask(host(0, { 'mkfs.ext4': 'No space left' }))).toEqual(['mkfs.ext4 fails: No space left', false])
  expect(ask(host(1, { umount: 'target is busy' }))[1]).toBe(false)
  const locked = { ...host(0), hold: () => ({ held: () => false, release: () => {} }) }
  expect(isUntried(onTrialFileSystem(locked, WANTED, () => null))).toBe(true)
})
