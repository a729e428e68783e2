import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findServer } from '../db/embedded-postgres-server.ts'
import { isAlive, type ProcessIdentity, signalProcess } from '../setup/process-identity.ts'
import { readRunRecord } from './run-record.ts'
import { startTestPanel, type TestPanel } from './testing/test-panel.ts'

const CHECKOUT = path.resolve(import.meta.dirname, '../..')
/** The first one builds. */
const BUILD_TIMEOUT_MS = 300_000

/** Runs one of the commands to its end. */
function command(name: 'up' | 'down', args: string[]): Promise<{ code: number | null; said: string }> {
  const child = spawn(process.execPath, [`lib/cli/${name}.mjs`, ...args], { cwd: CHECKOUT })
  return new Promise((resolve, reject) => {
    let said = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk) => {
        said += chunk
      })
    }
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, said }))
  })
}

/** Everything that runs for a data directory. */
function processesOf(dataDir: string): ProcessIdentity[] {
  const record = readRunRecord(dataDir)
  const server = findServer(path.join(dataDir, 'postgres'))
  if (!record || !server) throw new Error('it does not run')
  return [record.up, ...Object.values(record.children), server]
}

let panel: TestPanel
beforeAll(async () => {
  panel = await startTestPanel(['--no-lab'])
}, BUILD_TIMEOUT_MS)
afterAll(async () => {
  await panel?.stop()
})

test('writes down how to get in, for the owner only', async () => {
  const file = path.join(panel.dataDir, 'admin.json')
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(Object.keys(JSON.parse(readFileSync(file, 'utf8')))).toEqual([
    'url',
    'email',
    'password',
    'apiToken',
  ])
  const { url, apiToken } = panel.admin
  const answer = await fetch(`${url}/api/v1/hosts`, { headers: { authorization: `Bearer ${apiToken}` } })
  expect(answer.status).toBe(200)
  expect((await fetch(`${url}/api/v1/hosts`)).status).toBe(401)
})

test('a second one says where the first one runs, and does no harm', async () => {
  const before = processesOf(panel.dataDir)
  const second = await command('up', ['--data', panel.dataDir, '--no-lab'])
  expect(second).toEqual({ code: 0, said: expect.stringContaining(`running already at ${panel.admin.url}`) })
  expect(processesOf(panel.dataDir)).toEqual(before)
})

test('a taken port is one sentence and a way on, and nothing is left', async () => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'corral-up-'))
  const refused = await command('up', ['--data', dataDir, '--port', String(port), '--no-lab'])
  expect(refused.code).toBe(1)
  expect(refused.said.trim().split('\n')).toEqual([
    `Port ${port} is taken by another program.`,
    expect.stringContaining(`npm run up -- --port ${port + 1}`),
  ])
  expect(readRunRecord(dataDir)).toBeUndefined()
  server.close()
  rmSync(dataDir, { recursive: true })
})

test('a crashed worker is back', async () => {
  const children = readRunRecord(panel.dataDir)?.children ?? {}
  const worker = children.worker as ProcessIdentity
  signalProcess(worker, 'SIGKILL')
  await expect
    .poll(() => readRunRecord(panel.dataDir)?.children.worker?.pid, { timeout: 20_000 })
    .not.toBe(worker.pid)
})

test('after a kill, the next one clears up and goes on with the same data', {
  timeout: BUILD_TIMEOUT_MS,
}, async () => {
  const left = processesOf(panel.dataDir)
  signalProcess(left[0] as ProcessIdentity, 'SIGKILL')
  const again = await startTestPanel(['--no-lab'], panel.dataDir)
  expect(left.filter(isAlive)).toEqual([])
  expect(again.admin).toEqual({ ...panel.admin, url: again.admin.url })
  panel = again
})

test('down stops all of it, also after a kill, and may be repeated', async () => {
  const left = processesOf(panel.dataDir)
  signalProcess(left[0] as ProcessIdentity, 'SIGKILL')
  const down = await command('down', ['--data', panel.dataDir])
  expect(down).toEqual({ code: 0, said: 'Stopped what was left: web, worker, PostgreSQL.\n' })
  expect(left.filter(isAlive)).toEqual([])
  const repeated = await command('down', ['--data', panel.dataDir])
  expect(repeated).toEqual({ code: 0, said: `Nothing of Corral runs in ${panel.dataDir}.\n` })
})
