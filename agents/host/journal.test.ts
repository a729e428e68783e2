import { spawn, spawnSync } from 'node:child_process'
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Problem } from '../../lib/contract/problem.ts'
import { paramsDigest, runOnce } from './journal.ts'
import { nodeSys } from './sys/node.ts'
import { startTicks } from './sys/process-identity.ts'

const sys = nodeSys()
let folder: string
beforeEach(() => {
  folder = mkdtempSync('/tmp/corral-journal-')
})
afterEach(() => rmSync(folder, { recursive: true }))

const request = (params: unknown = { veid: 101 }) => ({ key: 'op:1', method: 've-start', params })
const entryFile = () => `${folder}/op:1.json`
const counted = () => {
  let runs = 0
  return () => {
    runs += 1
    return { runs }
  }
}
const codeOf = (work: () => unknown) => {
  try {
    work()
  } catch (error) {
    return (error as Problem).code
  }
  return null
}

function writeEntry(state: string, holder: { pid: number; startTicks: number }, result?: unknown): void {
  const digest = paramsDigest(sys, 've-start', { veid: 101 })
  writeFileSync(entryFile(), JSON.stringify({ method: 've-start', digest, state, holder, result }))
}

test('the same key runs once and gets the stored result', () => {
  const work = counted()
  expect(runOnce(sys, request(), work, folder)).toEqual({ runs: 1 })
  expect(runOnce(sys, request(), work, folder)).toEqual({ runs: 1 })
})

test('the same key with other parameters is refused', () => {
  runOnce(sys, request(), counted(), folder)
  expect(codeOf(() => runOnce(sys, request({ veid: 102 }), counted(), folder))).toBe('idempotency-key-reused')
})

test('a failed request runs again', () => {
  const fails = () => {
    throw new Error('no')
  }
  expect(() => runOnce(sys, request(), fails, folder)).toThrow('no')
  expect(runOnce(sys, request(), () => 'second', folder)).toBe('second')
})

test('two at once: the second waits for an entry that was made and is not written yet', () => {
  writeEntry('done', { pid: 1, startTicks: 1 }, 'first')
  renameSync(entryFile(), `${folder}/written`)
  writeFileSync(entryFile(), '')
  spawn('sh', ['-c', `sleep 0.2; mv ${folder}/written ${entryFile()}`])
  expect(runOnce(sys, request(), () => 'second', folder)).toBe('first')
})

test('begun by a process that has died: runs again', () => {
  writeEntry('begun', { pid: 1, startTicks: -1 })
  expect(runOnce(sys, request(), () => 'resumed', folder)).toBe('resumed')
})

test('begun by a process that lives: waits for its result', () => {
  const script = 'sleep 0.2; mv "$1.next" "$1"; sleep 5'
  const other = spawn('sh', ['-c', script, 'sh', entryFile()], { stdio: 'ignore' })
  const holder = { pid: other.pid ?? 0, startTicks: startTicks(sys, other.pid ?? 0) ?? 0 }
  writeEntry('done', holder, 'theirs')
  writeFileSync(`${entryFile()}.next`, readFileSync(entryFile()))
  writeEntry('begun', holder)
  try {
    expect(runOnce(sys, request(), () => 'mine', folder)).toBe('theirs')
  } finally {
    other.kill('SIGKILL')
  }
})

test('followed, and then it dies: runs again', () => {
  const other = spawn('sleep', ['0.2'], { stdio: 'ignore' })
  writeEntry('begun', { pid: other.pid ?? 0, startTicks: startTicks(sys, other.pid ?? 0) ?? 0 })
  expect(runOnce(sys, request(), () => 'mine', folder)).toBe('mine')
})

test('an entry torn by a power cut counts as none', () => {
  writeFileSync(entryFile(), '')
  expect(runOnce(sys, request(), () => 'again', folder)).toBe('again')
})

test('no parameter is written, and a password has no part in the digest', () => {
  const secret = { access: { rootPassword: 'sesame-open' } }
  runOnce(sys, { ...request(secret), method: 've-create' }, () => ({}), folder)
  const all = readdirSync(folder).map((name) => readFileSync(`${folder}/${name}`, 'utf8'))
  expect(all.join()).not.toContain('sesame')
  const other = { access: { rootPassword: 'another-one' } }
  expect(paramsDigest(sys, 've-create', secret)).toBe(paramsDigest(sys, 've-create', other))
})

test('entries go after a week, at most once an hour', () => {
  const weekAgo = (Date.now() - 8 * 24 * 3_600_000) / 1000
  const old = () => {
    writeFileSync(`${folder}/old.json`, '{}')
    utimesSync(`${folder}/old.json`, weekAgo, weekAgo)
  }
  old()
  runOnce(sys, request(), () => 1, folder)
  expect(readdirSync(folder)).not.toContain('old.json')
  old()
  runOnce(sys, { ...request(), key: 'op:2' }, () => 1, folder)
  expect(readdirSync(folder)).toContain('old.json')
})

test('long entries go after an hour', () => {
  const twoHoursAgo = Date.now() / 1000 - 7200
  for (const [name, length] of [
    ['long', 70_000],
    ['short', 60_000],
  ] as const) {
    writeFileSync(`${folder}/${name}.json`, 'x'.repeat(length))
    utimesSync(`${folder}/${name}.json`, twoHoursAgo, twoHoursAgo)
  }
  runOnce(sys, request(), () => 1, folder)
  expect(readdirSync(folder)).toContain('short.json')
  expect(readdirSync(folder)).not.toContain('long.json')
})

test('the digest is SHA-256 of method and parameters', () => {
  const { stdout } = spawnSync('sha256sum', { input: '["ping",{}]', encoding: 'utf8' })
  expect(paramsDigest(sys, 'ping', {})).toBe(stdout.slice(0, 64))
})
