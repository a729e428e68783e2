import { expect, test } from 'vitest'
import { HOST_PATHS } from '../../../lib/contract/agent-protocol.ts'
import { observeAll } from '../observe.ts'
import { EXAMPLE_SPEC } from '../testing/example-spec.ts'
import { memorySys } from '../testing/memory-sys.ts'
import { watch } from '../watch.ts'
import { forgetEmptyVeDirectory, rememberVeDirectory } from './ve-directory.ts'

const ROOT = '20 1 8:1 / / rw - ext4 /dev/sda1 rw\n'
const VZ = '30 20 8:2 / /vz rw,noatime - xfs /dev/sda2 rw\n'
/** Not the mount itself: a directory of that name, bound elsewhere. */
const BOUND = '40 20 8:1 /vz /srv/copy rw - ext4 /dev/sda1 rw\n'
const VE = { '/vz/ve/101/spec.json': JSON.stringify(EXAMPLE_SPEC) }
const MOUNTED = { ...VE, '/proc/self/mountinfo': `${ROOT}${VZ}`, '/proc/loadavg': '0 0 0' }

test('VEs whose file system is not mounted are not gone: the sample is an error that says so', () => {
  const sys = memorySys(MOUNTED)
  rememberVeDirectory(sys)
  expect(observeAll(sys)).toHaveLength(1)
  sys.files.set('/proc/self/mountinfo', `${ROOT}${BOUND}`)
  for (const path of Object.keys(VE)) sys.files.delete(path)
  expect(() => observeAll(sys)).toThrow('Nothing is mounted on /vz')
  let exit: number | null = null
  watch({
    ...sys,
    readInputLine: () => '{"intervalSeconds":1}',
    every: (_, tick) => tick(),
    exit: (code) => {
      exit = code
    },
  })
  expect(exit).toBe(1)
  expect(JSON.parse(sys.outputs.join(''))).toMatchObject({ error: { data: { code: 'storage-missing' } } })
  sys.files.set('/proc/self/mountinfo', `${ROOT}${VZ}`)
  sys.files.set('/vz/ve/101/spec.json', JSON.stringify(EXAMPLE_SPEC))
  expect(observeAll(sys)).toHaveLength(1)
})

test('nothing is made in place of what is not mounted', () => {
  const sys = memorySys(MOUNTED)
  rememberVeDirectory(sys)
  sys.files.set('/proc/self/mountinfo', ROOT)
  expect(() => rememberVeDirectory(sys)).toThrow('Nothing is mounted on /vz')
})

test('a host without a file system of its own for VEs, and one without VEs, has nothing to miss', () => {
  const plain = memorySys({ ...VE, '/proc/self/mountinfo': ROOT })
  rememberVeDirectory(plain)
  expect(observeAll(plain)).toHaveLength(1)
  const empty = memorySys(MOUNTED)
  rememberVeDirectory(empty)
  forgetEmptyVeDirectory(empty)
  expect(empty.files.has(`${HOST_PATHS.state}/ve/mount`)).toBe(true)
  for (const path of Object.keys(VE)) empty.files.delete(path)
  forgetEmptyVeDirectory(empty)
  empty.files.set('/proc/self/mountinfo', ROOT)
  expect(observeAll(empty)).toEqual([])
})

test('a watch remembers where VEs are that were made before', () => {
  const sys = memorySys(MOUNTED)
  watch({ ...sys, readInputLine: () => null, every: (_, tick) => tick() })
  expect(sys.files.get(`${HOST_PATHS.state}/ve/mount`)).toBe('/vz\n')
})

test('it is remembered for a VE that is on its way here, too', () => {
  const sys = memorySys({ '/proc/self/mountinfo': `${ROOT}${VZ}`, '/vz/ve/101.incoming/accepted.json': '{}' })
  rememberVeDirectory(sys)
  forgetEmptyVeDirectory(sys)
  sys.files.set('/proc/self/mountinfo', ROOT)
  expect(() => rememberVeDirectory(sys)).toThrow('Nothing is mounted on /vz')
})
