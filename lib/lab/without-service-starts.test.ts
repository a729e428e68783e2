import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { withoutServiceStarts } from './without-service-starts.ts'

let dir: string
let policy: string
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'corral-policy-'))
  policy = path.join(dir, 'policy-rc.d')
})
afterEach(() => rmSync(dir, { recursive: true }))

const verdict = async () => spawnSync(policy, ['ssh', 'start']).status
const allowAll = '#!/bin/sh\nexit 0\n'

test('denies during the task and leaves nothing where nothing was', async () => {
  expect(await withoutServiceStarts(verdict, policy)).toBe(101)
  expect(readdirSync(dir)).toEqual([])
})

test("puts the machine's own policy back, also when the task fails", async () => {
  writeFileSync(policy, allowAll, { mode: 0o755 })
  expect(await withoutServiceStarts(verdict, policy)).toBe(101)
  await expect(withoutServiceStarts(() => Promise.reject(new Error('apt')), policy)).rejects.toThrow('apt')
  expect(readFileSync(policy, 'utf8')).toBe(allowAll)
  expect(readdirSync(dir)).toEqual(['policy-rc.d'])
})

test('puts back what one that was killed had put aside', async () => {
  writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  writeFileSync(`${policy}.before-corral`, allowAll, { mode: 0o755 })
  await withoutServiceStarts(verdict, policy)
  expect(readFileSync(policy, 'utf8')).toBe(allowAll)
  expect(existsSync(`${policy}.before-corral`)).toBe(false)
})
