import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

/** Plain JavaScript, because it runs before there is anything that understands types. */
const bootstrap: string = path.join(import.meta.dirname, 'bootstrap.mjs')
const { dependenciesAreCurrent } = (await import(bootstrap)) as {
  dependenciesAreCurrent: (checkout: string) => boolean
}

let checkout: string
beforeEach(() => {
  checkout = mkdtempSync(path.join(os.tmpdir(), 'corral-bootstrap-'))
  mkdirSync(path.join(checkout, 'node_modules'))
  lock('package-lock.json', {
    '': {},
    'node_modules/a': { version: '1.0.0' },
    'node_modules/mac': { version: '2.0.0', optional: true },
  })
})
afterEach(() => rmSync(checkout, { recursive: true }))

const lock = (file: string, packages: object) =>
  writeFileSync(path.join(checkout, file), JSON.stringify({ packages }))

test('nothing installed, or an install that was interrupted, is not current', () => {
  expect(dependenciesAreCurrent(checkout)).toBe(false)
})

test('what is optional and for another platform may be missing', () => {
  lock('node_modules/.package-lock.json', { 'node_modules/a': { version: '1.0.0' } })
  expect(dependenciesAreCurrent(checkout)).toBe(true)
})

test.each([
  ['another version', { 'node_modules/a': { version: '1.0.1' } }],
  ['a package less', {}],
  [
    'another version of an optional one',
    { 'node_modules/a': { version: '1.0.0' }, 'node_modules/mac': { version: '1.9.0' } },
  ],
])('%s is not current', (_, installed) => {
  lock('node_modules/.package-lock.json', installed)
  expect(dependenciesAreCurrent(checkout)).toBe(false)
})
