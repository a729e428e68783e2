import { expect, test } from 'vitest'
import { EXAMPLE_SPEC } from '../testing/example-spec.ts'
import { memorySys } from '../testing/memory-sys.ts'
import { beginPass, newCopyName } from './passes.ts'

const MOVE = '0b7e7f4e-6c1b-4a53-9d0b-0d6f4b1f0a02'
const RECORD = '/var/lib/corral/ve/101/outgoing.json'
const disk = (name: string) => `/vz/ve/101.outgoing/${name}/disk.img`

function begin(bases: string[], there: string[]) {
  const sys = memorySys({
    '/proc/sys/kernel/random/boot_id': 'this\n',
    '/proc/1/stat': `1 (init) S 0 ${'0 '.repeat(17)}7 0`,
    [RECORD]: JSON.stringify({ move: MOVE, bases, released: null, moved: false }),
    ...Object.fromEntries(there.map((name) => [disk(name), 'x'])),
  })
  const words = beginPass(sys, EXAMPLE_SPEC, MOVE, newCopyName(sys))
  return words.slice(2)
}

test('compares with all that was sent, whole or in part', () => {
  expect(begin(['this:7.1', 'this:7.2'], ['this:7.1', 'this:7.2'])).toEqual(
    ['this:7.1', 'this:7.2'].map(disk),
  )
})

test('never with a copy that was noted and not made', () => {
  expect(begin(['this:7.1', 'this:7.2'], ['this:7.1'])).toEqual([disk('this:7.1')])
})

test('sends all anew where a restart of the host may have torn the first, or it has gone', () => {
  expect(begin(['before:7.1'], ['before:7.1'])).toEqual([])
  expect(begin(['this:7.1', 'this:7.2'], ['this:7.2'])).toEqual([])
})
