import { expect, test } from 'vitest'
import { GIB, MIB } from '../../../lib/contract/units.ts'
import { vePaths } from '../paths.ts'
import { EXAMPLE_SPEC } from '../testing/example-spec.ts'
import { memorySys } from '../testing/memory-sys.ts'
import { refuseWithoutRoom } from './room.ts'
import { checkpointIn, metaIn, snapshotPaths } from './snapshot-paths.ts'

const { veid } = EXAMPLE_SPEC
const ID = '0191d000-0000-7000-8000-000000000001'
const ONE = snapshotPaths(veid, ID).folder
const FOLDER = `${ONE.replace(/1$/, '2')}.new`

type Place = { heldBlocks?: number; freePercent?: number; shares?: boolean }

function host({ heldBlocks = 0, freePercent = 50, shares = true }: Place) {
  const files = {
    [metaIn(ONE)]: JSON.stringify({ id: ID, at: 1, memory: true, driver: 'image', spec: EXAMPLE_SPEC }),
    [`${checkpointIn(ONE)}/pages-1.img`]: 'p'.repeat(1000),
    [vePaths(veid).disk]: 'd'.repeat(5000),
    [FOLDER]: '',
  }
  return memorySys(files, (argv) => {
    if (argv[0] === 'perl') return { stdout: String(heldBlocks) }
    if (argv.includes('--reflink=always')) return { code: shares ? 0 : 1 }
    // 100 GiB
    return { stdout: argv[0] === 'stat' ? `${MIB} 102400 51200 ${1024 * freePercent}` : '' }
  })
}
const ask = (place: Place, heldBytes = GIB, reservePercent = 10) =>
  refuseWithoutRoom(host(place), EXAMPLE_SPEC, {
    room: { heldBytes, reservePercent },
    memory: false,
    folder: FOLDER,
  })
const refusal = (work: () => void) => {
  try {
    work()
  } catch (error) {
    return error as { code: string; detail: string }
  }
  return null
}

test('below its limit on a host with room one more is taken', () => {
  expect(refusal(() => ask({ heldBlocks: 100 }))).toBeNull()
})

test('what snapshots hold of the disk, and their memory, is what is limited', () => {
  expect(refusal(() => ask({ heldBlocks: 1 }, 4096 + 1001))).toBeNull()
  expect(refusal(() => ask({ heldBlocks: 1 }, 4096 + 1000))).toMatchObject({
    code: 'too-many-snapshots',
    detail: expect.stringMatching(/^The snapshots of VE 101 take .* and all together may take .* Delete one/),
  })
})

test('a host whose files share no blocks copies the whole disk at once', () => {
  expect(refusal(() => ask({ shares: false }, 5000 + 1000))).toBeNull()
  expect(refusal(() => ask({ shares: false }, 5000 + 999))).toMatchObject({ code: 'too-many-snapshots' })
})

test('the last of a host is kept for the VEs that run there, but from those who run it', () => {
  expect(refusal(() => ask({ freePercent: 10 }))).toBeNull()
  expect(refusal(() => ask({ freePercent: 9 }))).toMatchObject({
    code: 'no-disk-space',
    detail: expect.stringContaining('the last 10 % are kept for the VEs that run there'),
  })
  expect(refusal(() => ask({ freePercent: 9 }, GIB, 0))).toBeNull()
})
