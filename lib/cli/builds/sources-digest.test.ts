import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { digestOf } from './sources-digest.ts'

let checkout: string
beforeEach(() => {
  checkout = mkdtempSync(path.join(os.tmpdir(), 'corral-digest-'))
  mkdirSync(path.join(checkout, 'lib/deep'), { recursive: true })
  writeFileSync(path.join(checkout, 'lib/deep/a.ts'), 'a')
})
afterEach(() => rmSync(checkout, { recursive: true }))

test('contents and names count, tests and what is not named do not', () => {
  const before = digestOf(checkout, ['lib', 'package.json'])
  writeFileSync(path.join(checkout, 'lib/deep/a.test.ts'), 'test')
  writeFileSync(path.join(checkout, 'other'), 'other')
  expect(digestOf(checkout, ['lib', 'package.json'])).toBe(before)

  writeFileSync(path.join(checkout, 'lib/deep/a.ts'), 'b')
  const changed = digestOf(checkout, ['lib', 'package.json'])
  expect(changed).not.toBe(before)

  writeFileSync(path.join(checkout, 'package.json'), '{}')
  expect(digestOf(checkout, ['lib', 'package.json'])).not.toBe(changed)
})
