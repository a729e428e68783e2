import { expect, test } from 'vitest'
import { EXAMPLE_SPEC } from '../testing/example-spec.ts'
import { memorySys } from '../testing/memory-sys.ts'
import { adopt } from './adopt.ts'

const COMING = '/vz/ve/101.incoming'
const HOME = '/vz/ve/101'
const MOVE = '0b7e7f4e-6c1b-4a53-9d0b-0d6f4b1f0a02'
const BOOT = {
  '/proc/sys/kernel/random/boot_id': 'this\n',
  '/proc/1/stat': `1 (init) S 0 ${'0 '.repeat(17)}7 0`,
}
const META = { at: 1, bytes: 2, interfaces: { 've101.0': 'eth0' }, mounts: [], counted: null }

/** All of VE 101 came, with memory; the digest of every release is "d". */
function arrived(live: boolean, meta: object = META, boot = 'this:7') {
  const files = {
    ...BOOT,
    [`${COMING}/accepted.json`]: JSON.stringify({ move: MOVE, spec: EXAMPLE_SPEC, expiresAt: 0 }),
    [`${COMING}/sealed.json`]: JSON.stringify({ release: 'd', live }),
    [`${COMING}/checkpoint/arrived.boot`]: boot,
    [`${COMING}/disk.img`]: 'disk',
    [`${COMING}/checkpoint/meta.json`]: JSON.stringify(meta),
  }
  return memorySys(files, ([word]) => (word === 'sha256sum' ? { stdout: 'd' } : undefined))
}

test('memory that came is good in this boot of the host only', () => {
  const sys = arrived(true)
  adopt(sys, EXAMPLE_SPEC, MOVE, 'release')
  expect(sys.files.get(`${HOME}/checkpoint/arrived.boot`)).toBe('this:7')
  expect(sys.files.get(`${HOME}/checkpoint/meta.json`)).toBeDefined()
  const torn = arrived(true, META, 'before:7')
  expect(() => adopt(torn, EXAMPLE_SPEC, MOVE, 'release')).toThrow('has restarted')
  expect(torn.files.has(`${COMING}/accepted.json`)).toBe(true)
})

test('its spec is on the disk before it has its name, and who goes on waits for the name', () => {
  const sys = arrived(true)
  const adopted = adopt(sys, EXAMPLE_SPEC, MOVE, 'release')
  expect(sys.files.get(`${HOME}/spec.json`)).toBe(JSON.stringify(EXAMPLE_SPEC))
  const synced = sys.runs.filter(({ argv }) => argv[0] === 'sync').map(({ argv }) => argv.at(-1))
  expect(synced.slice(-2)).toEqual([COMING, '/vz/ve'])
  adopted.wait()
})

test('a disk that came alone goes without memory of an earlier try', () => {
  const sys = arrived(false)
  adopt(sys, EXAMPLE_SPEC, MOVE, 'release')
  expect(sys.files.get(`${HOME}/disk.img`)).toBe('disk')
  expect([...sys.files.keys()].filter((path) => path.includes('/checkpoint/'))).toEqual([])
})

test.each([
  ['a name that ends its line', { ...META, interfaces: { 've101.0': 'e]\naction-script /x' } }],
  ['an interface of another VE', { ...META, interfaces: { 've102.0': 'eth0' } }],
  ['a time that is none', { ...META, at: 'soon' }],
  ['more words than any has', { ...META, mounts: ['x'.repeat(70_000)] }],
])('a source that tells of memory with %s is not believed, and the move can be cancelled', (_, meta) => {
  const sys = arrived(true, meta)
  expect(() => adopt(sys, EXAMPLE_SPEC, MOVE, 'release')).toThrow('is none')
  expect(sys.files.has(`${COMING}/accepted.json`)).toBe(true)
  expect(sys.files.has(`${HOME}/spec.json`)).toBe(false)
})
