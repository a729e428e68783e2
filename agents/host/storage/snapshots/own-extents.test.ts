import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { memorySys } from '../../testing/memory-sys.ts'
import { heldExtents, ownExtents } from './own-extents.ts'

/** In front of the real programs: what filefrag(8) would say of files that are text of this kind. */
const folder = mkdtempSync(path.join(os.tmpdir(), 'corral-extents-'))
const BLOCK = 4096
beforeAll(() => {
  const script =
    '#!/bin/sh\nshift 2\nfor f; do [ -e "$f" ] || exit 1; echo "File size of $f is 1 (1 block of 4096 bytes)"; cat "$f"; done\n'
  writeFileSync(path.join(folder, 'filefrag'), script)
  chmodSync(path.join(folder, 'filefrag'), 0o755)
})
afterAll(() => rmSync(folder, { recursive: true }))

/** Extents by where they begin on the disk and how many blocks they have. */
function file(name: string, ...extents: [from: number, blocks: number, flags?: string][]): string {
  const lines = extents.map(
    ([from, blocks, flags = ''], n) =>
      `${String(n).padStart(4)}:  ${n * 9}..  ${n * 9 + blocks - 1}:  ${from}..  ${from + blocks - 1}:  ${blocks}:   77: ${flags}`,
  )
  writeFileSync(path.join(folder, name), `${[' ext: logical_offset: …', ...lines].join('\n')}\n`)
  return path.join(folder, name)
}
const sys = memorySys({}, (argv) => {
  const env = { ...process.env, PATH: `${folder}:${process.env.PATH}` }
  const { status, stdout, stderr } = spawnSync(argv[0] ?? '', argv.slice(1), { env, encoding: 'utf8' })
  return { code: status ?? 1, stdout, stderr }
})

test('blocks that snapshots share with the disk are nobody’s, those they share with each other count once', () => {
  const disk = file('disk', [100, 10, 'shared'], [500, 5])
  const one = file('one', [100, 10, 'shared'], [200, 20, 'shared'], [900, 3])
  const two = file('two', [105, 5, 'shared'], [210, 30, 'shared,last,eof'])
  // 200…239 (both have 210…219), 900…902
  expect(heldExtents(sys, disk, [one, two])).toBe((40 + 3) * BLOCK)
  expect(heldExtents(sys, disk, [two])).toBe(30 * BLOCK)
  expect(heldExtents(sys, disk, [])).toBe(0)
  expect(ownExtents(sys, [one, two])).toEqual(
    new Map([
      [one, 3 * BLOCK],
      [two, 0],
    ]),
  )
})

test('the part of an extent that the disk has written anew counts', () => {
  const disk = file('disk', [100, 4, 'shared'], [300, 2], [106, 4, 'shared'])
  expect(heldExtents(sys, disk, [file('one', [100, 10, 'shared'])])).toBe(2 * BLOCK)
})

test('what has no place on the disk yet is left out, an empty file is a file', () => {
  const disk = file('disk')
  expect(heldExtents(sys, disk, [file('one', [0, 8, 'unknown_loc,delalloc'], [50, 1])])).toBe(BLOCK)
})

test('a file that cannot be read: nobody knows', () => {
  expect(heldExtents(sys, path.join(folder, 'none'), [file('one', [1, 1])])).toBeNull()
})
