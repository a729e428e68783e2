import { expect, test } from 'vitest'
import { Problem } from '../../../../lib/contract/problem.ts'
import { vePaths } from '../../paths.ts'
import { EXAMPLE_SPEC } from '../../testing/example-spec.ts'
import { memorySys } from '../../testing/memory-sys.ts'
import { imageSnapshots } from './image.ts'

const FOLDER = '/vz/ve/101/snapshots/one.new'
const { disk } = vePaths(EXAMPLE_SPEC.veid)

/** A host whose file system shares no blocks; the image was written to at these times, one after the other as it is asked. */
function host(times: number[]) {
  const sys = memorySys({ [disk]: 'image', [FOLDER]: '' }, (argv) =>
    argv.includes('--reflink=always') ? { code: 1 } : { stdout: argv[0] === 'stat' ? '4096 10 10 10' : '' },
  )
  const { stat } = sys
  sys.stat = (path) => {
    const found = stat(path)
    return path === disk && found !== null
      ? { ...found, modifiedAt: times.length > 1 ? (times.shift() ?? 0) : (times[0] ?? 0) }
      : found
  }
  const copies = () => sys.runs.filter(({ argv }) => argv.includes('--sparse=always')).length
  return { sys, copies }
}

test('an image that nothing writes to is copied once', () => {
  const { sys, copies } = host([1000])
  imageSnapshots.take(sys, EXAMPLE_SPEC, FOLDER)
  expect(copies()).toBe(1)
})

test('one that was written to while it was copied is copied again', () => {
  const { sys, copies } = host([1000, 2000, 2000])
  imageSnapshots.take(sys, EXAMPLE_SPEC, FOLDER)
  expect(copies()).toBe(2)
})

test('one that is written to all the time is refused', () => {
  const { sys } = host(Array.from({ length: 50 }, (_, n) => n))
  const take = () => imageSnapshots.take(sys, EXAMPLE_SPEC, FOLDER)
  expect(take).toThrow(Problem)
  expect(take).toThrow(/goes on writing/)
})
